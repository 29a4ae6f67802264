"""What was read on the site as a file: the figures and tables of the page."""

from dataclasses import replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outreach.reach.about import moment_text
from outreach.reach.charts import FORMS
from outreach.reach.documents.document import Document
from outreach.reach.metrics import DEFINITIONS_VERSION, MACHINE_VIEWS
from outreach.reach.report_document import definitions, drawings, headlines, sheet
from outreach.reach.reports import Figure, Table

from .report import METRICS, WebReading

MOST_DRAWN = 12
"""A chart of more rows than this is no longer read; the table has them all."""


def document(found: WebReading) -> Document:
    """All of it in the language in use."""
    tables = [*found.tables, *([found.drops] if found.drops else [])]
    return Document(
        title=_("Web reading"),
        subtitle=found.days,
        language=get_language() or "en",
        dated=found.counted,
        facts=tuple(facts(found)),
        sheets=(
            headlines((*found.figures, Figure(MACHINE_VIEWS, found.machines))),
            *map(sheet, tables),
            definitions(METRICS),
        ),
        notes=tuple(notes()),
        drawings=drawings([drawn(table) for table in found.tables]),
    )


def facts(found: WebReading) -> list[tuple[str, str]]:
    """What it covers, name and value."""
    growing = _("These figures still grow: the period is not over.")
    return [
        (_("Covers"), found.span.name if found.span else _("The whole time")),
        (_("Period"), found.days),
        (_("Status"), growing if found.is_growing else _("The period is over.")),
        *([(_("Demo data"), _("Some of these figures were invented."))] if found.has_demo else []),
        (_("Counted"), moment_text(found.counted)),
        (_("Version of the definitions"), DEFINITIONS_VERSION),
    ]


def notes() -> list[str]:
    """What every reader of these figures has to know."""
    return [
        _("Visits are not people: whoever reads two pages, or comes back on another day, is counted again."),
        _("Visits are never added to people reached."),
        _("Readers without JavaScript are not in “read to the end”: their visits send no signal."),
        _("No cookie is set and no address is kept. What tells visits apart is thrown away when the day is over."),
        _("Members of staff who are signed in are not counted, and machines that say what they are stand apart."),
        _("A broadcast led there if its link was followed; who took the address from elsewhere counts elsewhere."),
        _(
            "Hits that were not counted are those of pages and of links in messages, by the day on which they were "
            "processed. Those whose clock was wrong were counted, at a corrected time."
        ),
    ]


def drawn(table: Table) -> Table:
    """The part of a table that is drawn: all of it where rows follow each other in time, else the first rows."""
    rows = [row for row in table.rows if not row.is_total]
    if table.slug in FORMS or len(rows) <= MOST_DRAWN:
        return table
    first = table.columns[0]
    label = _("%(metric)s, the first %(number)d rows") % {"metric": first.label, "number": MOST_DRAWN}
    return replace(table, columns=(replace(first, label=label), *table.columns[1:]), rows=tuple(rows[:MOST_DRAWN]))
