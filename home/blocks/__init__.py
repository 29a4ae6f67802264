"""The blocks that a story, an infographic's table and a source list are made of."""

from .annotation import AnnotationBlock
from .body import StoryBody
from .column import ColumnBlock
from .figure import FigureBlock
from .image import ImageBlock
from .quote import QuoteBlock
from .source import SourceBlock
from .text import TEXT_FEATURES, SharedTextBlock

__all__ = [
    "TEXT_FEATURES",
    "AnnotationBlock",
    "ColumnBlock",
    "FigureBlock",
    "ImageBlock",
    "QuoteBlock",
    "SharedTextBlock",
    "SourceBlock",
    "StoryBody",
]
