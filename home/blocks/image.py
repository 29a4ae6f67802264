"""A picture, who is in it, and their consent."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from .text import SharedTextBlock


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
        group = _("People and pictures")
        description = _("A picture with its words for those who can’t see it, who is in it, and their consent.")
        label = _("Image")
        template = "home/components/image.html"
