"""The blocks that a story, an infographic's table and a source list are made of."""

from .body import StoryBody
from .column import ColumnBlock
from .figure import FigureBlock
from .image import ImageBlock
from .quote import QuoteBlock
from .rights import RightsCardBlock
from .source import SourceBlock
from .text import TEXT_FEATURES, SharedTextBlock

__all__ = [
    "TEXT_FEATURES",
    "ColumnBlock",
    "FigureBlock",
    "ImageBlock",
    "QuoteBlock",
    "RightsCardBlock",
    "SharedTextBlock",
    "SourceBlock",
    "StoryBody",
]
