"""The pages that the public reads, and the record of who reviewed a translation."""

from home.editorial.models import ChecklistAnswer, GlossaryPage, PhotoConsent, PhotoUse, Term

from .article import topic_choices
from .infographic import ChartForm, InfographicPage, InfographicTopic
from .review import TranslationReview
from .sections import HomeNumber, HomePage, InfographicIndexPage, StandardPage, StoryIndexPage, TopicPage
from .story import StoryPage, StoryTopic

__all__ = [
    "ChartForm",
    "ChecklistAnswer",
    "GlossaryPage",
    "HomeNumber",
    "HomePage",
    "InfographicIndexPage",
    "InfographicPage",
    "InfographicTopic",
    "PhotoConsent",
    "PhotoUse",
    "StandardPage",
    "StoryIndexPage",
    "StoryPage",
    "StoryTopic",
    "Term",
    "TopicPage",
    "TranslationReview",
    "topic_choices",
]
