"""What a reader may want to read next."""

from django.db.models import Case, Count, IntegerField, Q, Value, When

from home.models import StoryPage
from home.models.article import SitePage

NEXT = 3
"""So many stories are offered after a page."""


def related_stories(*, page: SitePage, count: int = NEXT) -> list[StoryPage]:
    """Live stories in the page's language: those of its campaign first, then those that share topics, then the newest.

    Never the page itself, and never one in another language. Two queries, whatever their number.
    """
    campaign = getattr(page, "campaign_id", None)
    of_campaign = Case(
        When(campaign=campaign, then=Value(1)) if campaign else When(pk=None, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    stories = (
        StoryPage.newest(page.language)
        .exclude(pk=page.pk)
        .annotate(of_campaign=of_campaign, shared=Count("topics", filter=Q(topics__topic__in=page.topic_keys)))
        .order_by("-of_campaign", "-shared", "-published", "pk")
    )
    return list(stories[:count])
