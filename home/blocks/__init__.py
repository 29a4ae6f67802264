"""The blocks that a story, an infographic's table and a source list are made of."""

from .annotation import AnnotationBlock
from .audio import AudioBlock
from .body import StoryBody
from .column import ColumnBlock
from .figure import FigureBlock
from .image import ImageBlock
from .join import JoinBlock
from .quote import QuoteBlock
from .rights import RightsCardBlock
from .source import SourceBlock
from .text import TEXT_FEATURES, SharedTextBlock
from .video import VideoBlock

__all__ = [
    "TEXT_FEATURES",
    "AnnotationBlock",
    "AudioBlock",
    "ColumnBlock",
    "FigureBlock",
    "ImageBlock",
    "JoinBlock",
    "QuoteBlock",
    "RightsCardBlock",
    "SharedTextBlock",
    "SourceBlock",
    "StoryBody",
    "VideoBlock",
]
