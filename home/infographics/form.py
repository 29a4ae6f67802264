"""The form in which an infographic is edited."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from home.editorial.form import SitePageForm
from home.tables import Column, faults
from home.tables.field import Pasted
from home.tables.read import MOST_ERRORS, percent_cells, read_clear


class InfographicForm(SitePageForm):
    """Knows of each figure how it was written, which the stored table does not, and in which unit it is to be shown."""

    def clean(self) -> dict[str, Any]:
        """Refuse a per cent sign in a column that is not in per cent, and name every fault of a table at once."""
        cleaned = super().clean()
        pasted = self["data"].data if "data" in self.fields else None
        if not isinstance(pasted, Pasted) or cleaned.get("columns") is None:
            return cleaned
        formats = {block.value["key"]: block.value["format"] for block in cleaned["columns"]}
        try:
            errors = list(wrong_percents(pasted.text, formats))
            if "data" not in cleaned:
                errors += self.other_faults(pasted, cleaned["columns"])
        except ValidationError:  # It is no table at all, and the field said so.
            return cleaned
        if errors:
            self.add_error("data", ValidationError(errors[:MOST_ERRORS]))
        return cleaned

    def other_faults(self, pasted: Pasted, columns: Any) -> list[ValidationError]:
        """What is wrong in a table beside the numbers that could not be read, of which the field has told."""
        data, unread = read_clear(pasted.text, pasted.notation)
        told = {name for error in unread for name in (error.params or {}).values()}
        values = [block.value for block in columns]
        chosen = [Column(value["key"], value["label"], value["format"], value["role"]) for value in values]
        return [fault for fault in faults(data, chosen) if (fault.params or {}).get("cell") not in told]


def wrong_percents(text: str, formats: dict[str, str]) -> Iterator[ValidationError]:
    """A message for each figure with a per cent sign in a column of another unit."""
    for key, cell in percent_cells(text):
        if formats.get(key, "percent") not in ("percent", "text"):
            message = _("%(cell)s: “%(text)s” is in per cent, but its column is not.")
            yield ValidationError(message, params={"cell": cell.name, "text": cell.text})
