"""What makes filters of junk mail, and people, doubt a message: a closed list of rules, shown as hints, never blocking.

Each rule has a weight; their sum is the score. Weights are ours, in the manner of SpamAssassin, where five points make
a mail junk: they say what to mend first, not what one provider will do.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.audience.choices import ChannelName
from outreach.channels.built import Built

from .models import Message
from .own_links import language_of
from .placeholders import doubtful_placeholders
from .rendering.body import Links, all_buttons, cleaned
from .rendering.email import MOST_BYTES, personal_size

DOUBTFUL, JUNK = 2.0, 5.0
"""From so many points on a mail is worth another look, and is likely to be taken for junk."""

SHORTENERS = frozenset(
    [
        "bit.ly",
        "buff.ly",
        "cutt.ly",
        "goo.gl",
        "is.gd",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
        "s.id",
        "shorturl.at",
        "t.co",
        "t.ly",
        "tiny.cc",
        "tiny.one",
        "tinyurl.com",
        "v.gd",
    ]
)
SHORT_TEXT, PICTURE_ALONE, MANY_LINKS = 60, 120, 20
"""In characters: a text that says too little, and one that is too little beside a picture; and a number of links."""

ENDINGS = "app|biz|club|com|coop|dev|edu|gov|info|int|mil|net|ngo|ong|online|org|shop|site|store|top|xyz"
"""Of hosts whose names people write without ``https://`` and ``www.``, beside the two letters of a country."""

_DOMAIN = re.compile(
    rf"""
    ^(?: https?:// | (?=www\.) | (?=[\w.-]+\.(?:[a-z]{{2}}|{ENDINGS})(?:[/:?#]|$)) )   # not report.pdf or Mme.Joseph
    ((?:[\w-]+\.)+[a-z]{{2,}})
    (?:[/:?#]\S*)?$
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Hint:
    """One thing to mend: what it is, its weight in points, and what to do."""

    text: str
    weight: float
    advice: str


@dataclass(frozen=True)
class Text:
    """A message as the rules look at it; ``links`` are pairs of the words of a link and where it leads."""

    message: Message
    words: str
    links: tuple[tuple[str, str], ...]
    size: int

    @property
    def hosts(self) -> set[str]:
        """The hosts to which the links lead."""
        return {host_of(target) for _words, target in self.links}


@dataclass(frozen=True)
class Rule:
    """``found`` names what it saw in a text, each once; the weight counts once, or with ``each`` for every one."""

    weight: float
    text: str | Promise
    advice: str | Promise
    found: Callable[[Text], list[str]]
    channels: tuple[str, ...] = tuple(ChannelName.values)
    each: bool = False


def score(hints: list[Hint]) -> float:
    """The points of all hints together."""
    return sum(hint.weight for hint in hints)


def hints(message: Message, built: Built | None) -> list[Hint]:
    """What speaks against ``message``, the heaviest first; ``built`` is ``None`` while it can't be sent."""
    text = _text(message, built)
    given = []
    for rule in RULES:
        seen = rule.found(text) if message.channel in rule.channels else []
        if seen:
            weight = rule.weight * (min(len(seen), 4) if rule.each else 1)
            named = ", ".join(f"“{name}”" for name in seen if name)
            given.append(Hint(f"{rule.text} {named}".strip(), weight, str(rule.advice)))
    return sorted(given, key=lambda hint: -hint.weight)


def host_of(target: str) -> str:
    """The host of an address, without ``www.``; empty if it has none."""
    try:
        return (urlsplit(target).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@cache
def phrases() -> dict[str, list[re.Pattern[str]]]:
    """The phrases of ``spam_phrases.toml`` by language, as patterns."""
    listed = tomllib.loads((Path(__file__).parent / "spam_phrases.toml").read_text())
    return {language: [_pattern(phrase) for phrase in given] for language, given in listed.items()}


def _pattern(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _text(message: Message, built: Built | None) -> Text:
    links = Links(language=message.language)
    tree = BeautifulSoup(cleaned(message, links), "html.parser")
    anchors = [
        (anchor.get_text(), links.targets[int(str(anchor["href"]).rsplit("/", 1)[-1]) - 1])
        for anchor in tree.find_all("a")
        if anchor.get("href")
    ]
    size = personal_size(built) if built else 0
    return Text(message, " ".join(tree.get_text(" ").split()), (*anchors, *all_buttons(message)), size)


def _when(condition: bool) -> list[str]:
    return [""] if condition else []


def _shouted(text: Text) -> list[str]:
    letters = [letter for letter in text.message.subject if letter.lower() != letter.upper()]
    return _when(len(letters) >= 8 and sum(letter.isupper() for letter in letters) > 0.6 * len(letters))


def _disguised(text: Text) -> list[str]:
    found = []
    for words, target in text.links:
        shown = _DOMAIN.match(words.strip())
        host = host_of(target)
        said = shown.group(1).lower().removeprefix("www.") if shown else host
        if said != host and not host.endswith(f".{said}"):
            found.append(words.strip())
    return found


def _phrases(text: Text) -> list[str]:
    said = " ".join((text.message.subject, text.message.preview_text, text.words)).replace("’", "'")
    looked_for = [pattern for code in {"en", text.message.language} for pattern in phrases().get(code, [])]
    found = [match.group() for pattern in looked_for if (match := pattern.search(said))]
    return sorted({" ".join(phrase.lower().split()) for phrase in found})


def _maybe_placeholders(text: Text) -> list[str]:
    labels = [label for label, _target in all_buttons(text.message)]
    return doubtful_placeholders([text.message.subject, text.message.preview_text, text.words, *labels])


def _other_language(text: Text) -> list[str]:
    named = dict(settings.LANGUAGES)
    languages = [language_of(target) for _words, target in text.links]
    return sorted({named[code] for code in languages if code in named and code != text.message.language})


MAIL = (ChannelName.EMAIL.value,)
RULES = (
    Rule(
        3.0,
        gettext_lazy("The words of a link show another address than the one it leads to:"),
        gettext_lazy("Write in words what the reader finds there."),
        _disguised,
    ),
    Rule(
        2.0,
        gettext_lazy("An address of a shortening service hides where it leads:"),
        gettext_lazy("Use the whole address; clicks are counted anyway."),
        lambda text: sorted(text.hosts & SHORTENERS),
    ),
    Rule(
        2.0,
        gettext_lazy("The subject begins like an answer, and it is none."),
        gettext_lazy("Take “Re:” or “Fwd:” away."),
        lambda text: _when(bool(re.match(r"\s*(?:re|fwd?|tr|rv)\s*:", text.message.subject, re.IGNORECASE))),
        MAIL,
    ),
    Rule(
        2.0,
        gettext_lazy("A picture with hardly any text."),
        gettext_lazy("Say in words what the picture shows: many programs hide pictures at first."),
        lambda text: _when(bool(text.message.picture_file) and len(text.words) < PICTURE_ALONE),
        MAIL,
    ),
    Rule(
        2.0,
        gettext_lazy("This may be a placeholder of another program:"),
        gettext_lazy("Nothing is put in its place here: write what readers shall read."),
        _maybe_placeholders,
    ),
    Rule(
        1.5,
        gettext_lazy("The subject is written in capitals."),
        gettext_lazy("Write it in small letters."),
        _shouted,
    ),
    Rule(
        1.0,
        gettext_lazy("Many exclamation marks."),
        gettext_lazy("Let the words do it: none in the subject, one at most in the text."),
        lambda text: _when(text.message.subject.count("!") > 1 or text.words.count("!") > 3),
    ),
    Rule(
        1.0,
        gettext_lazy("A link without https:"),
        gettext_lazy("Write https:// if the site has it; browsers warn of the other."),
        lambda text: sorted({target for _words, target in text.links if target.startswith("http://")} - _own(text)),
    ),
    Rule(
        1.0,
        gettext_lazy("The text is very short."),
        gettext_lazy("Two sentences tell a reader, and a filter, what it is about."),
        lambda text: _when(len(text.words) < SHORT_TEXT),
        MAIL,
    ),
    Rule(
        1.0,
        gettext_lazy("The mail is large."),
        gettext_lazy("Shorten it; people pay for each kilobyte."),
        lambda text: _when(text.size > 0.7 * MOST_BYTES),
        MAIL,
    ),
    Rule(
        0.5,
        gettext_lazy("Phrases that junk mail uses:"),
        gettext_lazy("Say it in other words."),
        _phrases,
        each=True,
    ),
    Rule(
        0.5,
        gettext_lazy("There is no preview text."),
        gettext_lazy("Write one: it stands beside the subject in the list of mails."),
        lambda text: _when(not text.message.preview_text.strip()),
        MAIL,
    ),
    Rule(
        0.5,
        gettext_lazy("Very many links."),
        gettext_lazy("Keep those that matter."),
        lambda text: _when(len(text.links) > MANY_LINKS),
        MAIL,
    ),
    Rule(
        0.0,
        gettext_lazy("A link leads to a page in another language than the text:"),
        gettext_lazy("Publish that page in this language, or say so beside the link."),
        _other_language,
    ),
)
"""All there are; the weight is in points."""


def _own(text: Text) -> set[str]:
    return {target for _words, target in text.links if target.startswith(f"{settings.SITE_URL}/")}


def verdict(points: float) -> str:
    """What a score means, in a few words."""
    if points >= JUNK:
        return _("likely to be taken for junk")
    return _("worth another look") if points >= DOUBTFUL else _("fine")
