"""The field of a page that holds a table, and the field of its form: a text to paste into, or to fill from a file."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from wagtail_localize.fields import TranslatableField
from wagtail_localize.models import String
from wagtail_localize.segments import StringSegmentValue

from .numbers import Notation
from .read import read_csv
from .table import TableData, empty_table
from .write import write_text


@dataclass(frozen=True)
class Pasted:
    """What an editor sent: the text of a table, and how it writes numbers."""

    text: str
    notation: Notation = Notation.CLEAR


class TableInput(forms.Textarea):
    """A text area for a table, a way to fill it from a spreadsheet, and how the numbers in it are written."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 12, "spellcheck": "false", "wrap": "off", **(attrs or {})})

    @property
    def media(self) -> forms.Media:
        """What the way to a spreadsheet needs in the page."""
        return forms.Media(js=["infographics/table.js"], css={"all": ["infographics/table.css"]})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Pasted | None:
        """The text and the notation; a notation that is none counts as not chosen."""
        text, notation = data.get(name), data.get(f"{name}-notation", "")
        if text is None:
            return None
        return Pasted(text, Notation(notation) if notation in Notation.values else Notation.CLEAR)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The text area with what belongs to it."""
        pasted = value if isinstance(value, Pasted) else Pasted(value or "")
        context = {
            "name": name,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "area": super().render(name, pasted.text, attrs, renderer),
            "notations": Notation.choices,
            "chosen": pasted.notation,
        }
        return render_to_string("home/admin/table_input.html", context)


class TableFormField(forms.CharField):
    """A table to be pasted as CSV or straight from a spreadsheet, or to be read from a file."""

    widget = TableInput

    def __init__(self, **kwargs: Any) -> None:
        # A line may end in an empty cell.
        super().__init__(strip=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The stored table as text to edit; what was sent as it was sent."""
        return write_text(cast(TableData, value)) if isinstance(value, dict) and value["keys"] else value or ""

    def clean(self, value: Any) -> Any:
        """The table that the text holds."""
        pasted = value if isinstance(value, Pasted) else Pasted(value or "")
        return read_csv(super().clean(pasted.text), pasted.notation)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the text holds another table; translations of its texts are left out of the comparison."""
        pasted = data if isinstance(data, Pasted) else Pasted(data or "")
        try:
            return read_csv(pasted.text, pasted.notation) != {**(initial or empty_table()), "texts": {}}
        except ValidationError:
            return True


class TableField(models.JSONField):
    """A table, of which ``wagtail-localize`` is given the texts and never the numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", empty_table)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """A text area, where JSON would be for nobody."""
        label = capfirst(self.verbose_name)
        options = {"form_class": TableFormField, "label": label, "help_text": self.help_text, **kwargs}
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
