"""What each look finds where something is wrong, and that it finds nothing where nothing is."""

import pytest

from . import axe, keyboard, reflow

pytestmark = pytest.mark.browser

SOUND = """
<h1>Rights at work</h1><p>Words. <a href="/more/">More about rights</a></p>
<details><summary>Sources</summary><p><a href="/inside/">Inside</a></p></details>
<fieldset><legend>Group</legend>
<label><input type="radio" name="group" value="1">One</label>
<label><input type="radio" name="group" value="2">Two</label>
</fieldset><button>Send</button>
"""


@pytest.mark.parametrize("look", [axe, keyboard, reflow])
def test_a_sound_page_has_no_faults(page, written, look):
    assert look.of_place(page, written(SOUND)) == []


def test_colours_are_judged_in_both_schemes(page, written):
    style = "<style>@media (prefers-color-scheme: dark) { body { background: #000 } p { color: #222 } }</style>"
    found = axe.of_place(page, written(f"{style}<h1>Title</h1><p>Dark on dark</p>"))
    assert len(found) == 2
    assert all("color-contrast" in fault and " dark: " in fault for fault in found)


def test_targets_must_not_be_too_small_and_close(page, written):
    links = "".join(f'<a href="/{number}/" style="font-size:8px;display:block">{number}</a>' for number in range(3))
    found = axe.of_place(page, written(f"<h1>Title</h1>{links}"))
    assert [fault for fault in found if "target-size" in fault]


def test_what_the_tab_key_can_not_reach_is_named(page, written):
    trap = """<input aria-label="Trap" onkeydown="if (event.key === 'Tab') event.preventDefault()">"""
    found = keyboard.of_place(page, written(f'{trap}<a href="/more/">More</a>'))
    assert found == ["/page/: <a> “More” is not reached"]


def test_what_has_no_mark_of_focus_is_named(page, written):
    found = keyboard.of_place(page, written('<a href="/more/" style="outline: none">More</a>'))
    assert found == ["/page/: <a> “More” has no mark of focus"]


def test_what_lies_below_something_else_is_named(page, written):
    cover = '<div style="position: fixed; inset: 0; background: #fff"></div>'
    found = keyboard.of_place(page, written(f'<a href="/more/">More</a>{cover}'))
    assert found == ["/page/: <a> “More” is covered"]


def test_what_is_too_wide_is_named_with_the_width_at_which_it_is(page, written):
    found = reflow.of_place(page, written('<p class="wide" style="inline-size: 340px">Wide</p>'))
    assert len(found) == 2
    assert found[0].startswith("/page/ 320 px: ")
    assert found[1].startswith("/page/ 320 px, turned round: ")
    assert "p.wide" in found[0]


def test_text_of_twice_the_size_is_tried(page, written):
    style = "<style>@media (min-width: 1000px) { p { inline-size: 70rem } }</style>"
    (found,) = reflow.of_place(page, written(f"{style}<p>Wide</p>"))
    assert "1280 px, text twice as large" in found
