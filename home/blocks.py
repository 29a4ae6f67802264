"""The blocks that a story, an infographic's table and a source list are made of.

``wagtail-localize`` takes a string to translate out of every text block, except where a block says that it has none:
:class:`SharedTextBlock` is for text that reads the same in every language.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from home.formats import NUMBER_FORMATS

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class SharedTextBlock(blocks.CharBlock):
    """One line that is the same in every language: a key, the title of a publication, a number of a record."""

    def get_translatable_segments(self, value: str) -> list[Any]:
        """Nothing to translate."""
        return []

    def restore_translated_segments(self, value: str, segments: list[Any]) -> str:
        """The text as it is."""
        return value


class QuoteBlock(blocks.StructBlock):
    """Somebody's own words, with what they said about themselves: who is heard can then be counted."""

    text = blocks.TextBlock(label=_("Words"), help_text=_("Exactly as spoken or written, without quotation marks."))
    speaker = blocks.CharBlock(
        label=_("Speaker"), help_text=_("A name only if the person wants it; else what they do, or the document.")
    )
    gender = blocks.ChoiceBlock(
        label=_("Gender, as the speaker stated it"),
        choices=[
            ("woman", _("Woman")),
            ("man", _("Man")),
            ("another", _("Another gender")),
            ("undisclosed", _("Prefers not to say")),
            ("not_asked", _("Not asked")),
            ("none", _("No person: a document or an institution")),
        ],
        default="not_asked",
        help_text=_("Never guessed from a name, a voice or a picture."),
    )
    function = blocks.ChoiceBlock(
        label=_("Speaks as"),
        choices=[
            ("migrant", _("Migrant")),
            ("expert", _("Expert")),
            ("official", _("Official")),
            ("employer", _("Employer")),
            ("host", _("Resident of the host community")),
            ("document", _("Document")),
        ],
    )

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "home/components/quote.html"


class ImageBlock(blocks.StructBlock):
    """A picture with its words for those who can't see it, who is in it, and where their consent is filed."""

    image = ImageChooserBlock(label=_("Image"))
    alt_text = blocks.CharBlock(
        label=_("Alternative text"), help_text=_("What the picture shows, for somebody who cannot see it.")
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False)
    people_shown = SharedTextBlock(
        label=_("People shown"),
        required=False,
        help_text=_("How many people can be recognised, and how they describe themselves. Empty if nobody is shown."),
    )
    role = blocks.ChoiceBlock(
        label=_("How people are shown"),
        choices=[
            ("nobody", _("Nobody is shown")),
            ("active", _("Active: doing, deciding, speaking")),
            ("passive", _("Passive: being helped or looked at")),
            ("background", _("In the background")),
        ],
        default="nobody",
    )
    consent = SharedTextBlock(
        label=_("Consent record"),
        required=False,
        help_text=_("Where the signed consent is filed, for example C-2026-014."),
    )
    consent_until = blocks.DateBlock(label=_("Consent ends on"), required=False)

    class Meta:
        icon = "image"
        label = _("Image")
        template = "home/components/image.html"


class FigureBlock(blocks.StructBlock):
    """One number that matters, with its year and source."""

    value = blocks.CharBlock(label=_("Figure"), help_text=_("As it is written in this language, with its unit."))
    label = blocks.CharBlock(label=_("What it counts"), help_text=_("With the year and the place."))
    source = SharedTextBlock(label=_("Source"))
    url = blocks.URLBlock(label=_("Address of the source"), required=False)

    class Meta:
        icon = "order"
        label = _("Figure with source")
        template = "home/components/figure.html"


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


class SourceBlock(blocks.StructBlock):
    """Where a figure or a statement comes from."""

    title = SharedTextBlock(label=_("Title"), help_text=_("Who published what, and when."))
    url = blocks.URLBlock(label=_("Address"), required=False)
    note = blocks.CharBlock(
        label=_("Note"), required=False, help_text=_("What was taken from it, and with which care.")
    )

    class Meta:
        icon = "link"
        label = _("Source")


class ColumnBlock(blocks.StructBlock):
    """One column of an infographic's table: its name for readers, its unit, and whether the chart draws it."""

    key = SharedTextBlock(label=_("Key"), help_text=_("The name of the column in the first line of the table below."))
    label = blocks.CharBlock(label=_("Heading"), help_text=_("As readers see it, with the unit."))
    format = blocks.ChoiceBlock(
        label=_("Written as"),
        choices=[("text", _("Text")), ("year", _("Year")), *NUMBER_FORMATS],
        default="integer",
    )
    role = blocks.ChoiceBlock(
        label=_("In the chart"),
        choices=[
            ("x", _("Along the axis: years or categories")),
            ("y", _("Drawn")),
            ("table", _("Not drawn, only in the table")),
        ],
        default="y",
    )

    class Meta:
        icon = "list-ul"
        label = _("Column")
