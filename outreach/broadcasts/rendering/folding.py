"""Cuts the lines of a mail to what every server on the way takes: SMTP allows 998 bytes and their line break."""

import re

from outreach.channels.built import PLACEHOLDER

LONGEST = 900
"""In bytes of UTF-8, once the links are personal."""

ADDRESS = 300
"""The bytes that a placeholder counts for: the longest personal address."""

_PLACEHOLDER = re.compile(re.escape(PLACEHOLDER) + r"\w+")
_TOKEN = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+|<", re.DOTALL)
_CHUNK = re.compile(r"([ \t]*)([^ \t]*)")


def folded_html(html: str) -> str:
    """The same page in lines of at most :data:`LONGEST` bytes, broken only where white space changes nothing.

    That is at white space, and before the end of a tag. What has no such place, like a word of a thousand letters,
    stays whole.
    """
    return "\n".join(_folded(_chunks_of_html(line)) for line in html.splitlines())


def folded_text(text: str) -> str:
    """A plain text whose lines of more than :data:`LONGEST` bytes are broken at spaces; all others stay."""
    return "\n".join(_folded(_chunks(line)) if _weight(line) > LONGEST else line for line in text.splitlines())


def longest_line(text: str) -> int:
    """The bytes of the longest line, once the links are personal."""
    return max((_weight(line) for line in text.splitlines()), default=0)


def _chunks(text: str) -> list[tuple[str, str]]:
    """The text as pairs of white space, which may become a line break, and what stays together after it."""
    return [(space, rest) for space, rest in _CHUNK.findall(text) if space or rest]


def _chunks_of_html(line: str) -> list[tuple[str, str]]:
    """The line's tags and texts as such pairs; a break may also come, with no white space, before a tag's end."""
    chunks: list[tuple[str, str]] = [("", "")]
    for token in _TOKEN.findall(line):
        if token.startswith("<!--"):
            found = [("", token)]
        elif token.startswith("<") and token.endswith(">"):
            found = [*_chunks(token[:-1]), ("", ">")]
        else:
            found = _chunks(token)
        space, first = found[0]
        if not space:
            chunks[-1] = (chunks[-1][0], chunks[-1][1] + first)
            found = found[1:]
        chunks += found
    return chunks


def _folded(chunks: list[tuple[str, str]]) -> str:
    lines, length = [""], 0
    for space, rest in chunks:
        weight = len(space) + _weight(rest)
        if length and length + weight > LONGEST:
            lines.append(rest)
            length = _weight(rest)
        else:
            lines[-1] += space + rest
            length += weight
    return "\n".join(lines)


def _weight(text: str) -> int:
    return len(_PLACEHOLDER.sub("x" * ADDRESS, text).encode())
