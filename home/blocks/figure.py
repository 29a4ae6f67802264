"""A number in a text."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .text import SharedTextBlock


class FigureBlock(blocks.StructBlock):
    """One number that matters, with its year and source."""

    value = blocks.CharBlock(label=_("Figure"), help_text=_("As it is written in this language, with its unit."))
    label = blocks.CharBlock(label=_("What it counts"), help_text=_("With the year and the place."))
    source = SharedTextBlock(label=_("Source"))
    url = blocks.URLBlock(label=_("Address of the source"), required=False)

    class Meta:
        icon = "order"
        group = _("Facts")
        description = _("One number that matters, with its year, place and source.")
        preview_value = {
            "value": "12.7 %",
            "label": _("of the people living in Dominica in 2024 were born abroad"),
            "source": "UN DESA, International Migrant Stock 2024",
            "url": "https://www.un.org/development/desa/pd/content/international-migrant-stock",
        }
        label = _("Figure with source")
        template = "home/components/figure.html"
