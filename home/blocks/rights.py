"""A rights card inside a story."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class RightsCardBlock(blocks.PageChooserBlock):
    """One right in plain words, shown in the language of the story where the card is published in it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(page_type="home.RightsCardPage", **kwargs)

    class Meta:
        icon = "clipboard-list"
        group = _("Facts")
        description = _("One right, with its legal status and the way to the whole card.")
        label = _("Rights card")
        template = "home/components/rights_card_embed.html"
