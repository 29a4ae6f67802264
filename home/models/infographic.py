"""An infographic: a finding, the table behind it, and a chart drawn from the table in every language."""

import hashlib
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from home.blocks import AnnotationBlock, ColumnBlock
from home.charts import Annotation, Chart, Number, Reference, Shape, draw_picture
from home.charts.needs import MOST_ANNOTATIONS, STACKED, lacking
from home.formats import NUMBER_FORMATS, write_number
from home.infographics.form import InfographicForm
from home.tables import Column, Table, TableField, TranslatableTable, faults

from .article import SitePage, Topic, translation_in


class ChartForm(models.TextChoices):
    """How a table is drawn; one idea a chart."""

    BAR = "bar", _("Bars: categories or a few years side by side")
    LINE = "line", _("Lines: change over years")
    STACKED = "stacked", _("Stacked bars: what a whole is made of")
    STACKED_SHARES = "stacked100", _("Stacked bars of 100 %: how its parts compare")
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
            "Paste it from a spreadsheet, or upload a CSV or XLSX file. The first line holds the keys of the columns "
            "above. Leave a cell empty where there is no figure."
        ),
    )
    total_row = models.CharField(
        _("row of the total"),
        max_length=120,
        blank=True,
        help_text=_(
            "The first cell of the row that sums up the others, if there is one. It is checked, shown in the table and "
            "not drawn."
        ),
    )
    highlight = models.CharField(
        _("highlighted"),
        max_length=120,
        blank=True,
        help_text=_("The first cell of the row to emphasise, as in the table."),
    )
    annotations = StreamField(
        [("annotation", AnnotationBlock())],
        verbose_name=_("annotations"),
        blank=True,
        max_num=MOST_ANNOTATIONS,
        help_text=_("Where a reader would ask why. Only on bars, lines and stacked bars."),
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
    data_year = models.CharField(
        _("years of the data"),
        max_length=30,
        validators=[RegexValidator(r"[0-9]{4}", _("Write the year with four digits, for example 2024 or 1990–2024."))],
    )
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

    change_note = models.CharField(
        _("what changed"),
        max_length=200,
        blank=True,
        help_text=_(
            "For readers who know an earlier version, for example: Figures of 2024 added. Shown with the date on which "
            "the page is published."
        ),
    )

    content_panels = [
        *SitePage.content_panels,
        FieldPanel("subtitle"),
        FieldPanel("published"),
        InlinePanel("topics", label=_("topic"), heading=_("Topics")),
        MultiFieldPanel(
            [
                FieldPanel("chart"),
                FieldPanel("columns"),
                FieldPanel("data"),
                FieldPanel("total_row"),
                FieldPanel("highlight"),
            ],
            heading=_("Table and chart"),
        ),
        FieldPanel("annotations"),
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
        FieldPanel("change_note"),
    ]
    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        SynchronizedField("highlight", overridable=False),
        SynchronizedField("total_row", overridable=False),
        TranslatableTable("data"),
    ]
    search_fields = [*SitePage.search_fields, index.FilterField("published")]
    base_form_class = InfographicForm
    template = "home/infographic.html"
    parent_page_types = ["home.InfographicIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("infographic")
        verbose_name_plural = _("infographics")

    @property
    def table(self) -> Table:
        """The table as this page's language reads it: the chosen columns, in their order."""
        columns = [column for column in self.chosen_columns() if column.key in self.data["keys"]]
        places = [self.data["keys"].index(column.key) for column in columns]
        return Table(
            columns=columns,
            rows=[[row[place] for place in places] for row in self.data["rows"]],
            texts=self.data["texts"],
            language=self.language,
            totals=tuple(bool(self.total_row) and str(row[0]) == self.total_row for row in self.data["rows"]),
        )

    def chosen_columns(self) -> list[Column]:
        """The columns that readers get, whether the table has them or not."""
        return [
            Column(
                key=block.value["key"],
                label=block.value["label"],
                format=block.value["format"],
                role=block.value["role"],
                sums=block.value.get("sums") or "",
            )
            for block in self.columns
        ]

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
            annotations=tuple(Annotation(block.value["at"], block.value["text"]) for block in self.annotations),
        )

    @property
    def publisher(self) -> str:
        """Who stands behind the infographic, as pictures of it say: the title of the home page in its language."""
        return Page.objects.ancestor_of(self).filter(depth=2).values_list("title", flat=True).first() or ""

    def figures(self) -> list[Any]:
        """Every number that readers of any language get, to tell whether a translation still has those of its source.

        The same for all languages, as texts are left out and names are those of the source.
        """
        return [self.data["keys"], self.data["rows"], self.number_value, self.reference_value]

    def content_hash(self) -> str:
        """Changes if and only if a reader of this page would read something else: its words, figures or source."""
        said = [self.summary, self.note, self.change_note, self.source_url, self.data_year, self.as_chart()]
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()

    def picture(self, language: str, shape: Shape = Shape.WIDE) -> bytes:
        """A PNG of finding, chart and source: in the language if the page is published in it, else in its own."""
        page = translation_in(self, language) or self
        return draw_picture(page.as_chart(), page.publisher, shape)

    def clean(self) -> None:
        """Check that table, columns and chart belong together; each message names its cell or column."""
        super().clean()
        errors: dict[str, list[ValidationError]] = {}
        stacked = self.chart in STACKED
        wrong = faults(self.data, self.chosen_columns(), total=self.total_row, stacked=stacked)
        if wrong:
            errors["data"] = wrong
        else:
            for field, error in lacking(self.as_chart()):
                errors.setdefault(field, []).append(error)
        if errors:
            raise ValidationError(errors)
