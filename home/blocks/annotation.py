"""A remark at one place of a chart."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .text import SharedTextBlock


class AnnotationBlock(blocks.StructBlock):
    """A few words where a reader would ask why: at a year of a line, or at a category of the bars."""

    at = SharedTextBlock(
        label=_("At"), max_length=120, help_text=_("The year or category, as it stands in the table along the axis.")
    )
    text = blocks.CharBlock(label=_("Words"), max_length=80, help_text=_("What happened there, in a few words."))

    class Meta:
        icon = "comment"
        label = _("Annotation")
