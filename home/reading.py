"""How long a page takes to read."""

from home.models.article import SitePage

WORDS_PER_MINUTE = 200


def reading_minutes(*, page: SitePage) -> int:
    """Whole minutes for the title and the texts of the page, at 200 words a minute; at least one.

    Infographics inside a story are looked at and not counted. No query beyond those that show the page.
    """
    words = sum(len(text.split()) for text in [page.title, *page.reading_texts()])
    return max(1, round(words / WORDS_PER_MINUTE))
