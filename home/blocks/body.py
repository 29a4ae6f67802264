"""What a story can hold."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .figure import FigureBlock
from .image import ImageBlock
from .quote import QuoteBlock
from .rights import RightsCardBlock
from .text import TEXT_FEATURES


class StoryBody(blocks.StreamBlock):
    """What a story can hold."""

    text = blocks.RichTextBlock(
        label=_("Text"), features=TEXT_FEATURES, template="home/components/text.html", icon="pilcrow"
    )
    quote = QuoteBlock()
    image = ImageBlock()
    infographic = blocks.PageChooserBlock(
        label=_("Infographic"),
        page_type="home.InfographicPage",
        icon="table",
        template="home/components/infographic_embed.html",
    )
    figure = FigureBlock()
    callout = blocks.RichTextBlock(
        label=_("Callout"),
        features=["bold", "italic", "link"],
        template="home/components/callout.html",
        icon="warning",
        help_text=_("What the reader must not miss, for example which rights are law in Dominica."),
    )
    rights_card = RightsCardBlock()
