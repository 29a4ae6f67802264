"""A column of an infographic's table."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from home.formats import NUMBER_FORMATS

from .text import SharedTextBlock


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
    sums = blocks.ChoiceBlock(
        label=_("Adds up"),
        choices=[
            ("part", _("A part: the parts of a row make its total")),
            ("total", _("The total of the parts of its row")),
            ("share", _("Shares: the column makes 100 %")),
        ],
        required=False,
        default="",
        help_text=_("Checked within rounding. Leave it empty where nothing adds up."),
    )

    class Meta:
        icon = "list-ul"
        label = _("Column")
