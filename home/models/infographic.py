"""An infographic: a finding, the table behind it, and a chart drawn from the table in every language."""

import hashlib
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from home.blocks import ColumnBlock
from home.charts import Chart, Number, Reference, draw_picture
from home.formats import NUMBER_FORMATS, write_number
from home.tables import Column, Table, TableField, TranslatableTable

from .article import SitePage, Topic, translation_in


class ChartForm(models.TextChoices):
    """How a table is drawn; one idea a chart."""

    BAR = "bar", _("Bars: categories or a few years side by side")
    LINE = "line", _("Lines: change over years")
    SHARE = "share", _("Share: one part of a whole")
    NUMBER = "number", _("One number")


class InfographicTopic(Topic):
    """A topic of an infographic."""

    page = ParentalKey("home.InfographicPage", on_delete=models.CASCADE, related_name="topics")


class InfographicPage(SitePage):
    """A finding with its numbers.

    The title says the finding with its year, ``subtitle`` what is measured, in which unit and when. ``number`` is the
    one figure that the home page and the forms *share* and *number* show; percentages are percent points.
    """

    subtitle = models.CharField(
        _("subtitle"), max_length=250, help_text=_("What is measured, in which unit and years.")
    )
    published = models.DateField(_("published on"), default=timezone.localdate)
    chart = models.CharField(_("chart"), max_length=10, choices=ChartForm.choices, default=ChartForm.BAR)
    columns = StreamField([("column", ColumnBlock())], verbose_name=_("columns"), blank=True)
    data = TableField(
        verbose_name=_("table"),
        help_text=_(
            "Paste it from a spreadsheet or a CSV file. The first line holds the keys of the columns above. "
            "Numbers without thousands separators, with a decimal point; leave a cell empty where there is no figure."
        ),
    )
    highlight = models.CharField(
        _("highlighted"),
        max_length=120,
        blank=True,
        help_text=_("The first cell of the row to emphasise, as in the table."),
    )
    reference_value = models.FloatField(_("reference line at"), null=True, blank=True)
    reference_label = models.CharField(_("label of the reference line"), max_length=60, blank=True)
    number_value = models.FloatField(_("number"), null=True, blank=True)
    number_format = models.CharField(_("written as"), max_length=20, choices=NUMBER_FORMATS, default="percent")
    number_label = models.CharField(
        _("what it counts"),
        max_length=200,
        blank=True,
        help_text=_("Goes on where the number ends, with year and place."),
    )
    text_summary = models.TextField(
        _("text summary"), help_text=_("What the chart shows, with its main figures, for somebody who cannot see it.")
    )
    source = models.CharField(_("source"), max_length=300)
    source_url = models.URLField(_("address of the source"), blank=True)
    data_year = models.CharField(_("years of the data"), max_length=30)
    note = models.TextField(
        _("note"), blank=True, help_text=_("How it was counted, and with which care it should be read.")
    )
    campaign = models.ForeignKey(
        "home.CampaignPage",
        verbose_name=_("campaign"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    content_panels = [
        *SitePage.content_panels,
        FieldPanel("subtitle"),
        FieldPanel("published"),
        InlinePanel("topics", label=_("topic"), heading=_("Topics")),
        MultiFieldPanel(
            [FieldPanel("chart"), FieldPanel("columns"), FieldPanel("data"), FieldPanel("highlight")],
            heading=_("Table and chart"),
        ),
        FieldRowPanel([FieldPanel("reference_value"), FieldPanel("reference_label")], heading=_("Reference line")),
        FieldRowPanel(
            [FieldPanel("number_value"), FieldPanel("number_format"), FieldPanel("number_label")],
            heading=_("The one number"),
        ),
        FieldPanel("text_summary"),
        MultiFieldPanel(
            [FieldPanel("source"), FieldPanel("source_url"), FieldPanel("data_year"), FieldPanel("note")],
            heading=_("Source"),
        ),
        FieldPanel("campaign"),
    ]
    read_fields = ("summary", "text_summary", "note")
    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        SynchronizedField("highlight", overridable=False),
        TranslatableTable("data"),
    ]
    search_fields = [*SitePage.search_fields, index.FilterField("published")]
    template = "home/infographic.html"
    parent_page_types = ["home.InfographicIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("infographic")
        verbose_name_plural = _("infographics")

    @property
    def table(self) -> Table:
        """The table as this page's language reads it: the chosen columns, in their order."""
        columns = [
            Column(block.value["key"], block.value["label"], block.value["format"], block.value["role"])
            for block in self.columns
        ]
        places = [self.data["keys"].index(column.key) for column in columns if column.key in self.data["keys"]]
        return Table(
            columns=[column for column in columns if column.key in self.data["keys"]],
            rows=[[row[place] for place in places] for row in self.data["rows"]],
            texts=self.data["texts"],
            language=self.language,
        )

    @property
    def number(self) -> Number | None:
        """The one number as this page's language writes it."""
        if self.number_value is None:
            return None
        text = write_number(self.number_value, self.number_format, self.language)
        return Number(value=self.number_value, text=text, label=self.number_label)

    def as_chart(self) -> Chart:
        """What is drawn of this page, in its language."""
        reference = None if self.reference_value is None else Reference(self.reference_value, self.reference_label)
        return Chart(
            form=self.chart,
            table=self.table,
            language=self.language,
            title=self.title,
            subtitle=self.subtitle,
            description=self.text_summary,
            source=self.source,
            highlight=self.highlight,
            reference=reference,
            number=self.number,
        )

    def content_hash(self) -> str:
        """Changes if and only if a reader of this page would read something else: its words, figures or source."""
        said = [self.summary, self.note, self.source_url, self.data_year, self.as_chart()]
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()

    def picture(self, language: str) -> bytes:
        """A PNG of finding, chart and source: in the language if the page is published in it, else in its own."""
        return draw_picture((translation_in(self, language) or self).as_chart())

    def clean(self) -> None:
        """Check that table, columns and chart belong together; each message names its cell or column."""
        super().clean()
        errors: dict[str, list[Any]] = {}
        keys = [block.value["key"] for block in self.columns]
        missing = [key for key in keys if key not in self.data["keys"]]
        if missing:
            message = _("The first line of the table has no column “%(key)s”.")
            errors["data"] = [ValidationError(message, params={"key": key}) for key in missing]
        elif wrong := list(wrong_cells(self.table)):
            errors["data"] = wrong
        needs_axes = self.chart in (ChartForm.BAR, ChartForm.LINE) and self.data["rows"] and not errors
        if needs_axes and not (self.table.column("x") and self.table.drawn()):
            errors["columns"] = [_("This chart needs one column along the axis and at least one that is drawn.")]
        if self.chart in (ChartForm.SHARE, ChartForm.NUMBER) and self.number_value is None:
            errors["number_value"] = [_("This chart needs the one number.")]
        if errors:
            raise ValidationError(errors)


def wrong_cells(table: Table) -> list[ValidationError]:
    """A message for each text that stands where its column has numbers."""
    message = _("Row %(row)d, column “%(column)s”: “%(cell)s” is not a number.")
    return [
        ValidationError(message, params={"row": number, "column": column.key, "cell": row[place]})
        for place, column in enumerate(table.columns)
        if column.format != "text"
        for number, row in enumerate(table.rows, 1)
        if isinstance(row[place], str)
    ]
