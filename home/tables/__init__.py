"""The data of an infographic: from a spreadsheet to numbers that all languages share, and back.

``table.py`` says what a table is, ``numbers.py`` reads and writes its figures, ``read.py`` reads text, ``files.py`` and
``workbook.py`` turn an uploaded file into text, ``check.py`` looks for what can't be right, ``write.py`` makes the CSV
to download, ``field.py`` is the field of a page and of its form, ``changes.py`` tells two versions apart.
"""

from .changes import Change, changes
from .check import faults
from .field import TableField, TableFormField, TranslatableTable
from .files import read_file
from .numbers import Notation, as_cell
from .read import read_csv
from .table import Cell, Column, ShownCell, Table, TableData, empty_table
from .write import guard_formula, write_csv, write_text

__all__ = [
    "Cell",
    "Change",
    "Column",
    "Notation",
    "ShownCell",
    "Table",
    "TableData",
    "TableField",
    "TableFormField",
    "TranslatableTable",
    "as_cell",
    "changes",
    "empty_table",
    "faults",
    "guard_formula",
    "read_csv",
    "read_file",
    "write_csv",
    "write_text",
]
