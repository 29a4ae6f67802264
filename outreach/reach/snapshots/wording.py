"""The names that stand in a snapshot, in the language of who reads it. The snapshot itself stays as it is."""

from typing import Any

from outreach.broadcasts.campaign_words import names_of
from outreach.broadcasts.title_words import titles_of, titles_of_pages

from .models import Snapshot
from .reading import content_of


def worded(snapshot: Snapshot) -> dict[str, Any]:
    """The payload of a snapshot with its campaign, broadcasts and stories named in the language in use.

    What is called otherwise since, and what has no translation, keeps the name that was stored.
    """
    content = content_of(snapshot)
    titles = titles_of({each["number"]: each["title"] for each in content["broadcasts"]})
    content["broadcasts"] = [{**each, "title": titles[each["number"]]} for each in content["broadcasts"]]
    content["stories"] = titles_of_pages(content["stories"])
    if content["campaign"] and snapshot.campaign:
        kept = {snapshot.campaign: content["campaign"]["name"]}
        content["campaign"] = {**content["campaign"], "name": names_of(kept)[snapshot.campaign]}
    return content
