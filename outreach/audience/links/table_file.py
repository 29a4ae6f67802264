"""Sign-ups by source as a CSV file: UTF-8 with the mark without which Excel takes it for another encoding."""

import csv
import io

from django.utils.translation import gettext as _

from outreach.audience.cells import safe

from .figures import Figure
from .table import Row, Table

BOM = "\ufeff"


def write(table: Table, *, period: str) -> bytes:
    """One line a source with the figures as the page shows them, and the total last."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["source", "kind", "place", "parish", "campaign", "period", "email_asked", "email_joined", "telegram_joined",
         "joined"]
    )  # fmt: skip
    for row in table.rows:
        writer.writerow([*_names(row), period, *_figures(row)])
    if table.rest:
        writer.writerow([_("All other sources"), "", "", "", "", period, *_figures(table.rest)])
    writer.writerow([_("Total"), "", "", "", "", period, *_figures(table.whole)])
    return (BOM + text.getvalue()).encode()


def _names(row: Row) -> list[str]:
    link = row.link
    if link is None:
        return [safe(row.source), "", "", "", ""]
    named = [link.code, str(link.get_kind_display()), link.place, link.get_parish_display(), str(link.campaign or "")]
    return [safe(name) for name in named]


def _figures(row: Row) -> list[int | str]:
    return [_value(each) for each in (row.email_asked, row.email_joined, row.telegram_joined, row.joined)]


def _value(each: Figure) -> int | str:
    if each.is_exact:
        return each.least
    return each.text if each.is_hidden else f"≥{each.least}"
