"""The kinds of pages that are checked: what is written and read as an article."""

from django.apps import apps
from wagtail.models import Page

NAMES = ("home.StoryPage", "home.InfographicPage", "home.NewsPage", "home.RightsCardPage")
"""Labels of models; one that the site does not have is left out."""


def kinds() -> tuple[type[Page], ...]:
    """The models of the pages that are checked."""
    labels = {model._meta.label: model for model in apps.get_models()}
    return tuple(labels[name] for name in NAMES if name in labels)


def is_checked(page: Page) -> bool:
    """Whether the page has a checklist; an alias shows another page's words and has none."""
    return isinstance(page, kinds()) and not page.alias_of_id
