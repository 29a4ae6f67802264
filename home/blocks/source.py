"""Where something comes from."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .text import SharedTextBlock


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
