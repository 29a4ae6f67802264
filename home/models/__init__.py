"""The pages that the public reads, and the record of who reviewed a translation."""

from home.editorial.models import ChecklistAnswer, GlossaryPage, PhotoConsent, PhotoUse, Term

from .article import topic_choices
from .campaign import CampaignPage
from .infographic import ChartForm, InfographicPage, InfographicTopic
from .news import NewsIndexPage, NewsPage, NewsTopic
from .review import TranslationReview
from .rights import LegalStatus, RightsCardPage, RightsCardTopic, RightsIndexPage
from .sections import HomeNumber, HomePage, InfographicIndexPage, StandardPage, StoryIndexPage, TopicPage
from .story import StoryPage, StoryTopic

__all__ = [
    "CampaignPage",
    "ChartForm",
    "ChecklistAnswer",
    "GlossaryPage",
    "HomeNumber",
    "HomePage",
    "InfographicIndexPage",
    "InfographicPage",
    "InfographicTopic",
    "LegalStatus",
    "NewsIndexPage",
    "NewsPage",
    "NewsTopic",
    "PhotoConsent",
    "PhotoUse",
    "RightsCardPage",
    "RightsCardTopic",
    "RightsIndexPage",
    "StandardPage",
    "StoryIndexPage",
    "StoryPage",
    "StoryTopic",
    "Term",
    "TopicPage",
    "TranslationReview",
    "topic_choices",
]
