"""The demo's segments: the groups of the campaign, as an editor would have saved them."""

from outreach.audience.choices import ChannelName, Group, Parish
from outreach.audience.models import Segment
from outreach.audience.rules import EVERYBODY, Rule

WORKERS, EMPLOYERS, OFFICIALS, COMMUNITY, EVERYONE = "workers", "employers", "officials-media", "community", "everyone"


def _groups(*groups: Group) -> Rule:
    return {"field": "group", "in": [group.value for group in groups]}


SEGMENTS: dict[str, tuple[str, Rule]] = {
    WORKERS: ("Workers, returnees and their families", _groups(Group.WORKER, Group.RETURNEE)),
    EMPLOYERS: ("Employers and recruiters", _groups(Group.EMPLOYER)),
    OFFICIALS: ("Officials and media", _groups(Group.OFFICIAL, Group.MEDIA)),
    COMMUNITY: ("Communities, churches and schools", _groups(Group.CIVIL_SOCIETY, Group.HOST_COMMUNITY, Group.STUDENT)),
    EVERYONE: ("Everybody", EVERYBODY),
}
"""Name and rule by code. ``everyone`` comes last: a person is counted in the first segment that they are in."""

MORE: dict[str, tuple[str, Rule]] = {
    "roseau-chat": (
        "Roseau and around, by Telegram",
        {
            "all": [
                {"field": "parish", "in": [Parish.ST_GEORGE.value, Parish.ST_PAUL.value]},
                {"field": "channel", "in": [ChannelName.TELEGRAM.value]},
            ]
        },
    ),
    "silent-workers": (
        "Workers who have been silent for three months",
        {"all": [_groups(Group.WORKER, Group.RETURNEE), {"not": {"field": "active", "within": 90}}]},
    ),
}
"""Segments for what comes: no broadcast of the past was for them."""


def ensure_segments() -> None:
    """Make the segments that are missing, in the order in which people are counted in them."""
    for code, (name, rule) in {**SEGMENTS, **MORE}.items():
        Segment.objects.get_or_create(code=code, defaults={"name": name, "rule": rule})
