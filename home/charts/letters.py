"""How wide text is, and where it is broken: estimates that hold for every font of the stack, as nobody here knows which
one the reader has. They are those of Noto Sans, the widest of them."""

import unicodedata

TEXT = 15
"""Font size in pixels. A chart is shown at the width it is drawn for, so this is what a reader gets on a phone."""

BOLD = 1.07
"""How much wider bold letters are."""

WIDTHS = {
    0.28: "!',.:;Jijl ’",
    0.34: "()-I[]`·",
    0.4: "/\\ft{}",
    0.46: '?"_r“”„',
    0.52: "Fcsvyz–",
    0.58: "$*+0123456789<=>ELSTYZ^aekx|~",
    0.62: "KPVXbdghnopqu",
    0.66: "#ABCR",
    0.74: "&DGU",
    0.8: "HNOQw",
    0.95: "%@MWm",
    1.0: "—…",
}
"""Widths of letters in font sizes."""

LETTERS = {letter: width for width, letters in WIDTHS.items() for letter in letters}
CURSIVE, WIDE, OTHER = 0.52, 1.0, 0.64


def width_of(text: str, size: float = TEXT, *, bold: bool = False) -> float:
    """About how many pixels a line takes, rather too many than too few."""
    return sum(map(letter_width, text)) * size * (BOLD if bold else 1)


def letter_width(letter: str) -> float:
    """The width of a letter in font sizes; accents take none."""
    base = unicodedata.normalize("NFD", letter)[0]
    if base in LETTERS:
        return LETTERS[base]
    if unicodedata.category(base) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(base) in "WF":
        return WIDE
    return CURSIVE if unicodedata.bidirectional(base) == "AL" else OTHER


def wrap(text: str, width: float, size: float = TEXT, *, bold: bool = False) -> list[str]:
    """The text in lines that fit a width in pixels; a word that is wider than that is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if width_of(joined, size, bold=bold) <= width:
            line = joined
            continue
        lines += [line] if line else []
        *full, line = pieces(word, width, size, bold=bold)
        lines += full
    return [*lines, line]


def pieces(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    """The word in pieces that fit, each of a letter at least; mostly one."""
    found = [""]
    for letter in word:
        if found[-1] and width_of(found[-1] + letter, size, bold=bold) > width:
            found.append("")
        found[-1] += letter
    return found


def cut(text: str, width: float, size: float, most: int, *, bold: bool = False) -> list[str]:
    """The text in as many lines as there may be at most; what does not fit gives way to an ellipsis."""
    lines = wrap(text, width, size, bold=bold)
    if len(lines) <= most:
        return lines
    words = " ".join(lines[most - 1 :]).split()
    while len(words) > 1 and width_of(" ".join(words) + " …", size, bold=bold) > width:
        words.pop()
    last = pieces(" ".join(words), width - width_of(" …", size, bold=bold), size, bold=bold)[0]
    return [*lines[: most - 1], f"{last} …"]
