"""Workbooks for tests: good ones, and those that nobody should open."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl


def workbook(*rows: list[Any], title: str = "Figures", prepare: Callable[[Any], None] | None = None) -> bytes:
    """An XLSX file with the rows on its first sheet; ``prepare`` may change the workbook before it is written."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    if prepare:
        prepare(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    """The workbook with other or more parts inside."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return file.getvalue()


def sheet_xml(cells: str) -> bytes:
    """The XML of a sheet with raw rows."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()
