"""The admin on a phone: what Wagtail alone would cut off is whole."""

import pytest

from .conftest import Staff

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}


@pytest.mark.parametrize("path", ["/admin/", "/admin/broadcasts/3/"])
def test_headings_of_parts_fit(staff: Staff, path: str) -> None:
    page = staff.sign_in("editor")
    page.set_viewport_size(PHONE)
    page.goto(path)

    edges = page.eval_on_selector_all(
        ".w-panel__heading", "all => all.map(each => [each.innerText, each.getBoundingClientRect().right])"
    )

    assert edges
    assert not [text for text, right in edges if right > PHONE["width"]]
