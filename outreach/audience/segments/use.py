"""Who uses a segment: whatever stage chooses among segments is found by its relation, so that none is imported."""

from django.db.models import ManyToManyRel

from outreach.audience.models import Segment

MOST_NAMED = 5


def users_of(segment: Segment) -> list[str]:
    """The names of what was made for ``segment``, broadcasts and others, five of each kind at most."""
    named: list[str] = []
    for relation in Segment._meta.related_objects:
        if isinstance(relation, ManyToManyRel):
            found = getattr(segment, str(relation.get_accessor_name())).order_by("-pk")
            named += [str(one) for one in found[:MOST_NAMED]]
    return named
