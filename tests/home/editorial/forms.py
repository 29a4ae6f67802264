"""What the editor sends of a story."""

from wagtail.test.utils.form_data import nested_form_data

from home.models import StoryPage


def form_data(story: StoryPage, consent: int | str = "", *, photo: bool = True, **more: str) -> dict[str, str]:
    """A story whose body is its last block, a photo of people, or nothing."""
    empty = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
    return nested_form_data(
        {
            "title": story.title,
            "slug": story.slug,
            "summary": story.summary,
            "published": "2026-11-01",
            "lead_infographic": "",
            "audio": "",
            "body": photo_block(story, consent) if photo else {"count": "0"},
            "sources": {"count": "0"},
            "join": {"count": "0"},
            "topics": empty,
            "comments": empty,
            **more,
        }
    )


def photo_block(story: StoryPage, consent: int | str) -> dict[str, object]:
    """A stream of the photo that is the last block of the story."""
    value = {
        "image": str(story.body[-1].value["image"].pk),
        "alt_text": "Two people lay a roof",
        "caption": "",
        "people_shown": "",
        "role": "active",
        "consent": str(consent),
    }
    return {"0-type": "image", "0-value": value, "0-id": "", "0-deleted": "", "0-order": "0", "count": "1"}
