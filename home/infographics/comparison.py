"""Which figures changed between two versions of an infographic, for Wagtail's comparison of revisions."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from wagtail.admin.compare import FieldComparison

from home.tables import changes, empty_table
from home.tables.check import shown


class TableComparison(FieldComparison):
    """Cell by cell: what a figure was, and what it is."""

    def has_changed(self) -> bool:
        """Whether any cell or heading differs; translations of texts follow their source and are left out."""
        before, after = self.val_a or empty_table(), self.val_b or empty_table()
        return bool(before["keys"] != after["keys"] or before["rows"] != after["rows"])

    def htmldiff(self) -> SafeString:
        """The table of changes."""
        found = changes(self.val_a or empty_table(), self.val_b or empty_table())
        rows = [
            {"row": c.row, "column": c.column, "before": shown(c.before), "after": shown(c.after), "change": c}
            for c in found
        ]
        return render_to_string("home/admin/figures_changed.html", {"rows": rows})
