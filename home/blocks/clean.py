"""Takes out of rich text what a word processor leaves in it, and never a word.

What is cleaned: runs of no-break spaces, empty paragraphs, invisible characters, paragraphs that only look like a list,
headings of levels that the site does not have, tables and containers. A text that needs nothing comes back as it is,
letter for letter, so that translations keep hold of it.
"""

import re

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag

BULLET = re.compile(
    r"^[\s\u00a0]*(?:[·•▪◦‣●○■□§\uf0b7\uf0a7\uf0d8][\s\u00a0]*|[-–—o*](?:[\u00a0\t]|[ ]{2})[\s\u00a0]*)(?=\S)"
)
"""How a word processor writes a point of a list: a sign of its own, or a plain one with a wide space behind it."""
NUMBER = re.compile(r"^[\s\u00a0]*(\d{1,2})[.)](?:[\u00a0\t]|[ ]{2})[\s\u00a0]*(?=\S)")
WIDE = re.compile(r"[ \u00a0\t]*\u00a0[ \u00a0\t]*\u00a0[ \u00a0\t]*|\u00a0[ \t]+|[ \t]+\u00a0")
"""Two or more spaces of which one is a no-break space; one alone is meant, as before a colon in French."""
INVISIBLE = re.compile(r"[\u200b\ufeff\u2060\u00ad]")

RENAMED = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "td": "p", "th": "p", "dt": "p", "dd": "p", "div": "p"}
DROPPED = ["style", "script", "meta", "link", "title", "xml", "head", "template"]
ROWS = ["table", "tr", "div", "section", "article"]
"""Containers whose words stand apart from those before and after."""
INLINE = ["span", "font", "center", "u", "ins"]
UNWRAPPED = [*ROWS, *INLINE, "tbody", "thead", "tfoot", "caption", "colgroup", "col", "html", "body", "dl", "form"]
FOREIGN_ATTRIBUTES = re.compile(r"style|class|lang|align|on.*")
PASSES = 10
"""What one pass takes away can uncover something; so many are more than any text needed."""
TEXT_BLOCKS = ["p", "h2", "h3", "li"]
CONTAINERS = {"p", "div", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}


def clean(html: str) -> str:
    """The text without what a word processor left in it; cleaning again changes nothing."""
    for _pass in range(PASSES):
        soup = BeautifulSoup(html, "html.parser")
        before = str(soup)
        _drop_foreign_elements(soup)
        _lists_from_paragraphs(soup)
        _tidy_spaces(soup)
        _drop_empty(soup)
        after = str(soup)
        if after == before:
            break
        html = after
    return html


def _drop_foreign_elements(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(DROPPED):
        tag.decompose()
    for tag in soup.find_all(True):
        if tag.parent is None:
            continue
        # Smart tags and what else carries a name of an office program: o:p, st1:place, w:sdt.
        if ":" in tag.name or tag.name in UNWRAPPED:
            _unwrap(tag)
        elif tag.name in RENAMED:
            if any(isinstance(child, Tag) and child.name in CONTAINERS for child in tag.children):
                _unwrap(tag)
            else:
                tag.name = RENAMED[tag.name]
    for tag in soup.find_all(True):
        for name in [name for name in tag.attrs if FOREIGN_ATTRIBUTES.fullmatch(name)]:
            del tag[name]
    # Comments, such as <!--StartFragment--> and conditions for old browsers.
    for node in list(soup.descendants):
        if isinstance(node, NavigableString) and type(node) is not NavigableString:
            node.extract()
    soup.smooth()


def _unwrap(tag: Tag) -> None:
    """Leave the content; words that stood apart stay apart."""
    if tag.name in ROWS:
        tag.insert_before("\n")
        tag.insert_after("\n")
    tag.unwrap()


def _tidy_spaces(soup: BeautifulSoup) -> None:
    soup.smooth()
    for text in list(soup.find_all(string=True)):
        tidied = WIDE.sub(" ", INVISIBLE.sub("", text))
        if tidied != text:
            text.replace_with(tidied)


def _lists_from_paragraphs(soup: BeautifulSoup) -> None:
    for paragraph in soup.find_all("p"):
        if paragraph.parent is None or paragraph.find_parent("li") is not None:
            continue
        kind = _item(paragraph)
        if kind is None or (kind == "ol" and not _counts_from_one(paragraph)):
            continue
        points = _run(paragraph, kind)
        group = soup.new_tag(kind)
        paragraph.insert_before(group)
        for point in points:
            _cut_sign(point)
            point.name = "li"
            group.append(point.extract())


def _item(paragraph: Tag) -> str | None:
    text = "".join(_strings(paragraph))
    if BULLET.match(text):
        return "ul"
    return "ol" if NUMBER.match(text) else None


def _run(first: Tag, kind: str) -> list[Tag]:
    points = [first]
    while (
        isinstance(following := _next_element(points[-1]), Tag) and following.name == "p" and _item(following) == kind
    ):
        points.append(following)
    return points


def _counts_from_one(first: Tag) -> bool:
    """Whether the numbers are 1, 2, 3: only then a list says the same without them."""
    points = _run(first, "ol")
    numbers = [int(found[1]) for point in points if (found := NUMBER.match("".join(_strings(point))))]
    return len(points) > 1 and numbers == list(range(1, len(points) + 1))


def _next_element(tag: Tag) -> PageElement | None:
    following = tag.next_sibling
    while isinstance(following, NavigableString) and not following.strip(" \n\r\t\u00a0"):
        following = following.next_sibling
    return following


def _cut_sign(point: Tag) -> None:
    """Take away the sign or number, which may be spread over several strings."""
    text = "".join(_strings(point))
    found = BULLET.match(text) or NUMBER.match(text)
    left = found.end() if found else 0
    for string in list(_strings(point)):
        cut = string[:left]
        left -= len(cut)
        rest = WIDE.sub(" ", string[len(cut) :])
        if rest != string:
            string.replace_with(rest)
    for inline in point.find_all(["b", "i", "strong", "em"]):
        if not inline.get_text():
            inline.decompose()


def _strings(tag: Tag) -> list[NavigableString]:
    return [text for text in tag.find_all(string=True) if type(text) is NavigableString]


def _drop_empty(soup: BeautifulSoup) -> None:
    for block in soup.find_all(TEXT_BLOCKS):
        if not block.get_text().strip(" \n\r\t\u00a0") and not block.find(["img", "embed", "hr"]):
            block.decompose()
    for group in soup.find_all(["ul", "ol"]):
        if group.find("li") is None:
            group.unwrap()
