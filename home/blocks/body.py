"""What a story can hold."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .audio import AudioBlock
from .figure import FigureBlock
from .image import ImageBlock
from .join import JoinBlock
from .quote import QuoteBlock
from .rights import RightsCardBlock
from .text import TEXT_FEATURES
from .video import VideoBlock


class StoryBody(blocks.StreamBlock):
    """What a story can hold."""

    text = blocks.RichTextBlock(
        label=_("Text"),
        features=TEXT_FEATURES,
        template="home/components/text.html",
        icon="pilcrow",
        group=_("Words"),
        help_text=_("Short paragraphs under headings that say what comes. Text from Word is cleaned."),
        preview_value="<h2>Papers stay with their owner</h2><p>Nobody else may keep a passport or a permit.</p>",
    )
    quote = QuoteBlock()
    image = ImageBlock()
    infographic = blocks.PageChooserBlock(
        label=_("Infographic"),
        page_type="home.InfographicPage",
        icon="table",
        template="home/components/infographic_embed.html",
        group=_("Facts"),
        help_text=_("Its chart, table and source, in the language of the reader where it is translated."),
    )
    figure = FigureBlock()
    callout = blocks.RichTextBlock(
        label=_("Callout"),
        features=["bold", "italic", "link"],
        template="home/components/callout.html",
        icon="warning",
        group=_("Words"),
        help_text=_("What the reader must not miss, for example which rights are law in Dominica."),
        preview_value="<p>This is an international standard. In Dominica it is not law yet.</p>",
    )
    rights_card = RightsCardBlock()
    audio = AudioBlock()
    video = VideoBlock()
    join = JoinBlock()
