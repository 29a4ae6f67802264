"""Why a file can't be read as a list, in words for the officer who chose it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_BYTES = 50_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000

WORDS = {
    "empty": gettext_lazy("The file is empty."),
    "no_rows": gettext_lazy("Below the names of the columns the file has no row."),
    "no_header": gettext_lazy("The first row must name the columns, such as “E-mail” and “Language”."),
    "bytes": gettext_lazy("The file is larger than 50 MB. Split it."),
    "rows": gettext_lazy("The file has more than 200,000 rows. Split it."),
    "columns": gettext_lazy("A row has more than 200 cells. Is this a list of people?"),
    "long": gettext_lazy("A cell holds more than 10,000 characters. Is this a list of people?"),
    "damaged": gettext_lazy("A quotation mark is opened and not closed, or text follows a closed one."),
    "nul": gettext_lazy("This is no text: it holds NUL characters. Save the list as CSV or XLSX."),
    "encoding": gettext_lazy("The characters of this file can't be read. Save the list as CSV in UTF-8, or as XLSX."),
    "markup": gettext_lazy("This is a web page or XML, not a table. Save the list as CSV or XLSX."),
    "old_workbook": gettext_lazy("This is an old or a locked workbook. Save it as XLSX, without a password."),
    "workbook": gettext_lazy("This workbook is broken. Open it in a spreadsheet and save it as XLSX."),
    "unpacked": gettext_lazy("This workbook is far too large inside. Copy the list into a new workbook."),
    "program": gettext_lazy(
        "The import stopped because of a fault in this program, not in your list. What it counts as done is done and is"
        " not done twice. The program's log says more: tell whoever looks after the site."
    ),
    "erased": gettext_lazy(
        "Somebody in this list was erased after it was uploaded, so the import was dropped and its file removed. If you"
        " still need the list, upload it again: nobody who was erased is brought back by it."
    ),
    "macros": gettext_lazy("This workbook carries a program (macros). Save it as XLSX, without macros."),
}


class Unreadable(Exception):
    """A file that is not taken; ``code`` is one of :data:`WORDS`, ``row`` the row of the file where known, else 0."""

    def __init__(self, code: str, row: int = 0) -> None:
        super().__init__(code)
        self.code, self.row = code, row

    @property
    def words(self) -> str:
        """What is wrong, for a person."""
        text = str(WORDS[self.code])
        return _("Row %(row)d: %(text)s") % {"row": self.row, "text": text} if self.row else text
