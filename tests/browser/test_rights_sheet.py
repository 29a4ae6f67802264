"""What comes out of the printer when somebody prints the rights cards."""

import io
import unicodedata

import pytest
from playwright.sync_api import Locator, Page
from pypdf import PdfReader

pytestmark = pytest.mark.browser

A4 = {"width": 794, "height": 1123}


UNSEEN = "Legalstatus:"
"""Is read aloud only."""


def letters(text: str) -> str:
    """The text without what printing changes: where lines end, and letters that are drawn as one."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def sheets(page: Page) -> list[str]:
    """The letters on each printed sheet."""
    return [letters(sheet.extract_text()) for sheet in PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages]


def lines(element: Locator) -> list[str]:
    """The lines of an element as they are printed."""
    found = [letters(line) for line in element.inner_text().splitlines()]
    return [line for line in found if line and line != UNSEEN]


def test_list_is_printed_as_a_sheet_of_cards_two_in_a_row_and_none_is_cut(page: Page) -> None:
    page.goto("/en/your-rights/")
    page.set_viewport_size(A4)
    page.emulate_media(media="print")
    cards = page.locator(".rights--sheet .right").all()
    tops = [(card.bounding_box() or {})["y"] for card in cards]
    printed = sheets(page)

    assert len(cards) == 15
    assert tops[0::2][: len(tops) // 2] == tops[1::2]
    for card in cards:
        assert len(lines(card)) > 8
        assert any(all(line in sheet for line in lines(card)) for sheet in printed)
    # How many cards fit on a sheet is for the fonts of the machine; never fewer than one row.
    assert len(printed) <= len(cards[0::2])


def test_one_card_is_printed_on_one_page(page: Page) -> None:
    page.goto("/en/your-rights/papers/")
    page.emulate_media(media="print")
    printed = sheets(page)

    assert len(printed) == 1
    assert all(line in printed[0] for line in lines(page.locator("article")))
