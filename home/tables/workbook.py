"""Reads a sheet of an XLSX workbook as text, and refuses a workbook that brings along what a table never needs.

A workbook is a ZIP file of XML: a small one can unfold into gigabytes, name a file on somebody's server, or carry a
program. It is looked at from outside first, and opened only if its parts are few, small and harmless.

What reads it is imported where it is needed: it takes 20 MB of memory, in processes of which most never see a workbook.
"""

import datetime
import io
import warnings
import zipfile
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .numbers import write_figure
from .read import cell_name, fail
from .table import MOST_COLUMNS, MOST_ROWS

MOST_PARTS, MOST_UNPACKED = 200, 10_000_000
LAST_ROW = 10_000
"""So far down is looked for cells, beyond what a table can have, to say that it is too long."""


def read_workbook(content: bytes, sheet: str = "") -> list[list[str]]:
    """The cells of a sheet from its first row on, as text that :mod:`.read` understands.

    Raises ``ValidationError``; of a formula without a result it names the cell.
    """
    from openpyxl.utils.exceptions import InvalidFileException

    inspect(content)
    try:
        with warnings.catch_warnings(action="ignore"):
            results = load(content, results=True)
            formulas = load(content, results=False)
            chosen = choose(results, sheet)
            return texts(results[chosen], formulas[chosen])
    except ValidationError:
        raise
    # Whatever a broken or a hostile workbook makes openpyxl stumble over, the editor needs to know one thing only.
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError) as e:
        raise ValidationError(_("This workbook is broken. Open it in a spreadsheet and save it as .xlsx.")) from e
    except (SyntaxError, OverflowError, NotImplementedError) as e:
        raise ValidationError(_("This workbook is broken. Open it in a spreadsheet and save it as .xlsx.")) from e


def load(content: bytes, *, results: bool) -> Any:
    """The workbook without links to others, with the results of its formulas or with the formulas themselves."""
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(content), read_only=True, data_only=results, keep_links=False)


def inspect(content: bytes) -> None:
    """Look at a workbook without opening it; raises ``ValidationError``."""
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
        names = package.namelist()
        unpacked = sum(part.file_size for part in package.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as e:
        raise ValidationError(_("This workbook is broken. Open it in a spreadsheet and save it as .xlsx.")) from e
    if "xl/workbook.xml" not in names:
        raise ValidationError(_("This is no Excel workbook. Upload a CSV or XLSX file."))
    if len(names) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise ValidationError(_("This workbook is far too large inside. Copy the one table into a new workbook."))
    if any("vbaproject" in name.lower() for name in names):
        raise ValidationError(_("This workbook carries a program (macros). Save it as .xlsx, without macros."))
    if any(name.lower().startswith("xl/externallinks/") for name in names):
        message = _("This workbook takes figures from other files. Copy the table and paste its values only.")
        raise ValidationError(message)
    for name in names:
        try:
            part = package.read(name)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as e:
            raise ValidationError(_("This workbook is broken or locked with a password.")) from e
        if name.lower().endswith((".xml", ".rels")) and (b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\0" in part):
            raise ValidationError(_("This workbook is not as spreadsheets write it. Save it anew as .xlsx."))


def choose(book: Any, name: str) -> str:
    """The name of the sheet that was asked for, or of the first one that is not hidden."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if name and name not in sheets:
        message = _("There is no sheet “%(name)s”. There are: %(sheets)s.")
        raise ValidationError(message, params={"name": name, "sheets": ", ".join(sheets)})
    visible = [title for title, sheet in sheets.items() if sheet.sheet_state == "visible"]
    if not name and not visible:
        raise ValidationError(_("This workbook has no sheet."))
    return name or visible[0]


def texts(results: Any, formulas: Any) -> list[list[str]]:
    """The cells as text; a figure that is shown as per cent gets its sign."""
    # The size that a sheet tells of itself may be far too small or far too large.
    results.reset_dimensions()
    formulas.reset_dimensions()
    grid: list[list[str]] = []
    errors: list[ValidationError] = []
    for number, (row, written) in enumerate(zip(results.iter_rows(), formulas.iter_rows(), strict=False)):
        filled = [place for place, cell in enumerate(row) if cell.value not in (None, "")]
        if (filled and (len(grid) > MOST_ROWS + 50 or filled[-1] - filled[0] >= MOST_COLUMNS)) or number > LAST_ROW:
            message = _("A table can have %(columns)d columns and %(rows)d rows at most.")
            raise ValidationError(message, params={"columns": MOST_COLUMNS, "rows": MOST_ROWS})
        for place, (cell, formula) in enumerate(zip(row, written, strict=False)):
            if cell.value is None and formula.value is not None:
                message = _("%(cell)s of the sheet has a formula without a result. Open the workbook and save it.")
                errors.append(ValidationError(message, params={"cell": cell_name(place, number)}))
        grid.append([text(cell) for cell in row[: filled[-1] + 1]] if filled else [])
    fail(errors)
    return grid


def text(cell: Any) -> str:
    """A cell of a workbook as an editor would have typed it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int | float):
        if "%" in (cell.number_format or ""):
            value = float(Decimal(repr(value)) * 100)
            return write_figure(int(value) if value == int(value) else value) + "%"
        return write_figure(value)
    return str(value)
