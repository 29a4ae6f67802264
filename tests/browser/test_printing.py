"""What comes out of the printer when an evaluator prints a page."""

import io

import pytest
from pypdf import PdfReader

from .conftest import Staff

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("place", ["reach/?broadcast=3", "reach/definitions/"])
def test_printed_page_goes_on_to_its_end(staff: Staff, place: str) -> None:
    page = staff.sign_in("evaluator")
    page.goto(f"/admin/{place}")
    last = page.locator(".reach li, .reach dd").last.inner_text()
    sheets = PdfReader(io.BytesIO(page.pdf())).pages
    printed = "".join(sheet.extract_text() for sheet in sheets)

    assert len(sheets) > 1
    assert letters(last) in letters(printed)


def letters(text: str) -> str:
    """The text without what printing changes: where lines end, and letters that are drawn as one."""
    return "".join(text.replace("\ufb01", "fi").replace("\ufb00", "ff").replace("\ufb02", "fl").split())
