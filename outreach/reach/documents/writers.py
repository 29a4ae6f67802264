"""Every kind of file that a document can be written as."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from .document import Document


@dataclass(frozen=True)
class Writer:
    """A kind of file: what its button says, what it is, and where the function stands that writes it."""

    label: Promise
    suffix: str
    content_type: str
    function: str

    def write(self, content: Document) -> bytes:
        """The file."""
        function = cast(Callable[[Document], bytes], import_string(f"outreach.reach.documents.{self.function}"))
        return function(content)


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
WRITERS = {
    "xlsx": Writer(gettext_lazy("Workbook (XLSX)"), "xlsx", WORKBOOK, "workbook.write"),
    "pdf": Writer(gettext_lazy("Report (PDF)"), "pdf", "application/pdf", "pdf.write"),
    "csv": Writer(gettext_lazy("Table (CSV)"), "csv", CSV, "csv_file.write"),
    "code_book": Writer(gettext_lazy("Code book (CSV)"), "code-book.csv", CSV, "csv_file.code_book"),
}
"""By the name of the page; each writes the same document."""
