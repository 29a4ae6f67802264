"""The data of an infographic: numbers that all languages share, and the texts among them that each language translates.

A table is stored as ``{"keys": [...], "rows": [[...], ...], "texts": {...}}``. Numbers are numbers, a missing one is
``None``, and ``texts`` maps each text of the rows to its translation; in the source language it is empty. So a
translated page holds the same rows, a corrected number reaches every language with the next synchronisation, and a row
can be named by its first cell in the source language, whatever the reader sees.
"""

import csv
import io
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail_localize.fields import TranslatableField
from wagtail_localize.models import String
from wagtail_localize.segments import StringSegmentValue

from home.formats import write_number

Cell = str | int | float | None

MOST_ROWS, MOST_COLUMNS = 500, 20


class TableData(TypedDict):
    """A table as it is stored; see the module's docstring."""

    keys: list[str]
    rows: list[list[Cell]]
    texts: dict[str, str]


@dataclass(frozen=True)
class Column:
    """One column: ``role`` is ``x`` (along the axis), ``y`` (drawn) or ``table`` (only in the table)."""

    key: str
    label: str
    format: str
    role: str

    @property
    def numeric(self) -> bool:
        """Whether its cells are quantities, which stand one below the other by their digits."""
        return self.format not in ("text", "year")


@dataclass(frozen=True)
class ShownCell:
    """A cell in words of its language; ``text`` is empty where there is no figure."""

    text: str
    numeric: bool


@dataclass(frozen=True)
class Table:
    """A table as one language reads it."""

    columns: list[Column]
    rows: list[list[Cell]]
    texts: dict[str, str]
    language: str

    def show(self, cell: Cell, column: Column) -> str:
        """The cell in words of the language; empty where there is no figure."""
        if cell is None:
            return ""
        if isinstance(cell, str):
            return self.texts.get(cell, cell)
        return write_number(cell, column.format, self.language, decimals=self.decimals(column))

    def decimals(self, column: Column) -> int:
        """One where any number of the column has some, so that a column reads evenly."""
        return int(any(isinstance(cell, float) and cell != int(cell) for cell in self.cells(column)))

    def shown_rows(self) -> list[list[ShownCell]]:
        """All cells as the language writes them."""
        return [
            [ShownCell(self.show(cell, column), column.numeric) for cell, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]

    def column(self, role: str) -> Column | None:
        """The first column in a role."""
        return next((column for column in self.columns if column.role == role), None)

    def drawn(self) -> list[Column]:
        """The columns that a chart draws."""
        return [column for column in self.columns if column.role == "y"]

    def cells(self, column: Column) -> list[Cell]:
        """All cells of a column, from the top."""
        index = self.columns.index(column)
        return [row[index] for row in self.rows]


def guard_formula(text: str) -> str:
    """The text as a spreadsheet will show it, never run it: a leading sign of a formula is quoted."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def write_csv(table: Table) -> str:
    """The table as CSV in its language: headings and texts translated, numbers as programs read them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guard_formula(column.label) for column in table.columns])
    for row in table.rows:
        writer.writerow([guard_formula(table.texts.get(cell, cell)) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def as_cell(text: str) -> Cell:
    """A number where the text is one, ``None`` where it is blank."""
    text = text.strip()
    if not text:
        return None
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if number == number and abs(number) != float("inf") else text
    return text


def read_csv(text: str) -> TableData:
    """Read a table that was pasted from a spreadsheet or a CSV file; its first line names the columns.

    Raises ``ValidationError`` with one message for each line that can't be used.
    """
    lines = text.strip("\ufeff\r\n").splitlines()
    if not lines:
        return {"keys": [], "rows": [], "texts": {}}
    delimiter = max("\t;,", key=lines[0].count)
    read = list(csv.reader(lines, delimiter=delimiter))
    keys = [key.strip() for key in read[0]]
    errors = []
    if len(keys) > MOST_COLUMNS or len(read) - 1 > MOST_ROWS:
        errors.append(_("A table can have %(columns)d columns and %(rows)d rows at most."))
    if "" in keys or len(set(keys)) < len(keys):
        errors.append(_("Each column needs its own name in the first line."))
    if errors:
        raise ValidationError([ValidationError(e, params={"columns": MOST_COLUMNS, "rows": MOST_ROWS}) for e in errors])
    rows = [[as_cell(cell) for cell in row] for row in read[1:] if any(cell.strip() for cell in row)]
    wrong = [number for number, row in enumerate(rows, 1) if len(row) != len(keys)]
    if wrong:
        message = _("Row %(row)d has another number of cells than the first line.")
        raise ValidationError([ValidationError(message, params={"row": number}) for number in wrong])
    return {"keys": keys, "rows": rows, "texts": {}}


class TableFormField(forms.CharField):
    """A table to be pasted as CSV or straight from a spreadsheet."""

    widget = forms.Textarea(attrs={"rows": 12, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """The stored table as text to edit."""
        if not isinstance(value, dict):
            return value
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(value["keys"])
        writer.writerows([["" if cell is None else cell for cell in row] for row in value["rows"]])
        return out.getvalue()

    def clean(self, value: Any) -> Any:
        """The table that the text holds."""
        return read_csv(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the text holds another table; translations of its texts are left out of the comparison."""
        try:
            return bool(initial) and read_csv(data or "") != {**initial, "texts": {}}
        except ValidationError:
            return True


def empty_table() -> TableData:
    """No columns, no rows."""
    return {"keys": [], "rows": [], "texts": {}}


class TableField(models.JSONField):
    """A table, of which ``wagtail-localize`` is given the texts and never the numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", empty_table)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """A text area, where JSON would be for nobody."""
        options = {"form_class": TableFormField, "label": self.verbose_name, "help_text": self.help_text, **kwargs}
        return models.Field.formfield(self, **options)

    def get_translatable_segments(self, value: TableData) -> list[StringSegmentValue]:
        """Each text of the rows, once."""
        texts = dict.fromkeys(cell for row in value["rows"] for cell in row if isinstance(cell, str))
        return [StringSegmentValue(segment_path(text), text) for text in texts]

    def restore_translated_segments(self, value: TableData, segments: list[StringSegmentValue]) -> TableData:
        """The same rows, with the texts' translations."""
        translated = {segment.path: segment.string.render_text() for segment in segments}
        texts = {
            cell: translated[segment_path(cell)]
            for row in value["rows"]
            for cell in row
            if isinstance(cell, str) and segment_path(cell) in translated
        }
        return {**value, "texts": texts}


def segment_path(text: str) -> str:
    """Where in a table a text stands, for ``wagtail-localize``: the same text is translated once."""
    return cast(str, String._get_data_hash(text).hex)


class TranslatableTable(TranslatableField):
    """A table is copied whole from its source before its texts are put in, so that numbers never fall behind."""

    def is_synchronized(self, source: models.Model) -> bool:
        """Always."""
        return True

    def is_overridable(self, obj: models.Model) -> bool:
        """Never: a language has no numbers of its own."""
        return False
