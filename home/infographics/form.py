"""The form in which an infographic is edited."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from home.editorial.form import SitePageForm
from home.tables.field import Pasted
from home.tables.read import MOST_ERRORS, percent_cells


class InfographicForm(SitePageForm):
    """Knows of each figure how it was written, which the stored table does not, and in which unit it is to be shown."""

    def clean(self) -> dict[str, Any]:
        """Refuse a per cent sign in a column that is not in per cent."""
        cleaned = cast(dict[str, Any], super().clean())
        if cleaned.get("data") is None or cleaned.get("columns") is None:
            return cleaned
        formats = {block.value["key"]: block.value["format"] for block in cleaned["columns"]}
        pasted = self["data"].data
        text = pasted.text if isinstance(pasted, Pasted) else ""
        wrong = [cell for key, cell in percent_cells(text) if formats.get(key, "percent") not in ("percent", "text")]
        message = _("%(cell)s: “%(text)s” is in per cent, but its column is not.")
        errors = [ValidationError(message, params={"cell": c.name, "text": c.text}) for c in wrong[:MOST_ERRORS]]
        if errors:
            self.add_error("data", ValidationError(errors))
        return cleaned
