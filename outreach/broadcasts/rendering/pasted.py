"""Text as word processors and web pages leave it behind on pasting, brought to plain rich text."""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment

from outreach.broadcasts.characters import BREAKS, INVISIBLE

BULLET = re.compile(r"^\s*(?:[\u00b7\u2022\u25aa\uf0a7\uf0b7]\s+|o\s{2,})")
"""A dot and spaces, as Word writes an item of a list; a circle is its letter o."""

DOT = re.compile(r"^\s*\S")
CONDITION = re.compile(r"<!\[[^>]*>(?<!-->)")
"""What Word writes around what only some programs should read; what stands between two of them stays.

One that ends a comment is left to go with it: without it, the comment would take along the text after it.
"""

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]


def tidy(html: str) -> str:
    """Rich text without what only Word reads: headings and blocks are paragraphs, its dots are lists."""
    if not _foreign(html):
        return html
    tree = BeautifulSoup(INVISIBLE.sub("", CONDITION.sub("", BREAKS.sub("<br>", html))), "html.parser")
    for comment in tree.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for heading in tree.find_all(HEADINGS):
        heading.name = "p"
        bold = tree.new_tag("b")
        bold.extend(list(heading.children))
        heading.append(bold)
    for block in tree.find_all(["div", "td", "th", "blockquote"]):
        if not block.find(["p", "div", "ul", "ol", "table"]):
            block.name = "p"
    for numbered in tree.find_all("ol"):
        numbered.name = "ul"
    _make_lists(tree)
    return str(tree)


def _foreign(html: str) -> bool:
    """Whether there is anything to tidy; the studio's own editor leaves nothing."""
    return bool(
        INVISIBLE.search(html)
        or BREAKS.search(html)
        or re.search(r"<(?:h[1-6]|div|td|th|ol|blockquote|!--)|\bMso|<p[^>]*>\s*[\u00b7\u2022\u25aa\uf0a7\uf0b7]", html)
    )


def _make_lists(tree: BeautifulSoup) -> None:
    """Word writes the items of a list as paragraphs that begin with a dot and spaces."""
    for paragraph in tree.find_all("p"):
        if not BULLET.match(paragraph.get_text()):
            continue
        before = paragraph.find_previous_sibling()
        into = before if before is not None and before.name == "ul" else tree.new_tag("ul")
        if into is not before:
            paragraph.insert_before(into)
        into.append(paragraph.extract())
        paragraph.name, paragraph.attrs = "li", {}
        _strip_bullet(paragraph)


def _strip_bullet(item: Tag) -> None:
    dot_seen = False
    for text in list(item.find_all(string=True)):
        rest = text if dot_seen else DOT.sub("", text, count=1)
        dot_seen = dot_seen or bool(text.strip())
        text.replace_with(rest.lstrip())
        if rest.strip():
            return
