"""A picture, who is in it, and their consent."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from home.editorial.office_day import office_day

from .text import SharedTextBlock


class ConsentBlock(SnippetChooserBlock):
    """The record of a consent: the same in every language."""

    def get_translatable_segments(self, value: Any) -> list[Any]:
        """Nothing to translate."""
        return []

    def restore_translated_segments(self, value: Any, segments: list[Any]) -> Any:
        """The record as it is."""
        return value


class ImageValue(blocks.StructValue):
    """A picture as it stands on a page."""

    @property
    def shows_people(self) -> bool:
        """Whether an editor said so, in either way."""
        return (self.get("role") or "nobody") != "nobody" or bool((self.get("people_shown") or "").strip())

    @property
    def may_be_shown(self) -> bool:
        """Whether readers may see it today: nobody is shown, or everybody shown consents."""
        consent = self.get("consent")
        return not self.shows_people or (consent is not None and consent.state_on(office_day()) is consent.State.VALID)


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
    consent = ConsentBlock(
        "home.PhotoConsent",
        label=_("Consent"),
        required=False,
        help_text=_("The record of the signed consent. A picture that shows people is not published without one."),
    )

    class Meta:
        icon = "image"
        group = _("People and pictures")
        description = _("A picture with its words for those who can’t see it, who is in it, and their consent.")
        label = _("Image")
        template = "home/components/image.html"
        value_class = ImageValue
