"""What the bot says and asks, and the buttons under it, all in the language in use.

Each question is a :class:`Said`. A button's data is ``name:value…`` and sets a value rather than turning one over, so
that pressing it twice changes nothing more. A button by which somebody agrees carries the mark of the words above it:
a chat keeps old messages, and nobody agrees to words that came later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from django.conf import settings
from django.utils.translation import gettext as _

from outreach.audience.choices import Frequency, Gender, Group, Purpose
from outreach.audience.wording import current_version, words
from outreach.channels.telegram_client import Button, Keyboard

SKIP = "-"
ALONE = "!"
"""Ends the name of a button whose question was asked by itself, so that no other question follows."""


@dataclass(frozen=True)
class File:
    """A file that is sent into the chat."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Said:
    """Text in Telegram's HTML, and rows of buttons; or a ``notice`` that is shown above the chat and kept nowhere.

    A ``file`` follows the text in a message of its own.
    """

    html: str
    keyboard: Keyboard = ()
    notice: str = ""
    file: File | None = None


def mark(purpose: Purpose) -> str:
    """Six letters that change with the words of a purpose; Telegram gives a button's data 64 bytes."""
    return sha256(current_version(purpose).encode()).hexdigest()[:6]


def interface_languages() -> dict[str, str]:
    """The languages that the bot speaks, each named in itself: those into which the interface is wholly translated."""
    return {code: name for code, name in settings.LANGUAGES if code not in settings.UNFINISHED}


def paragraphs(*texts: str, head: str = "") -> str:
    """Texts in Telegram's HTML, an empty line between them, below a bold heading."""
    lines = [escape(text, quote=False) for text in texts]
    return "\n\n".join([f"<b>{escape(head, quote=False)}</b>", *lines] if head else lines)


def _rows(buttons: Iterable[Button], width: int = 1) -> list[list[Button]]:
    every = list(buttons)
    return [every[start : start + width] for start in range(0, len(every), width)]


def greeting(source: str) -> Said:
    """Who we are, and the first question; ``source`` says where the person heard of us."""
    return Said(
        paragraphs(
            _("Stories, facts and rights about migration, sent to this chat. You can leave at any time with /stop."),
            _("In which language shall we write?"),
            head=_("Welcome"),
        ),
        _rows((Button(name, f"lang:{code}:{source}") for code, name in interface_languages().items()), 2),
    )


def consent(language: str, source: str) -> Said:
    """What the person agrees to; nothing is kept before they say yes."""
    return Said(
        paragraphs(
            _("May we send you messages?"),
            words(Purpose.MESSAGES),
            _("Are you under 18? Ask a parent, a guardian or a teacher first."),
            _("Does somebody else use this phone? They may see our messages."),
            _("We keep the number of this chat and what you tell us: no name, no telephone number."),
        ),
        [
            [Button(_("Yes, send me messages"), f"join:{language}:{source}:{mark(Purpose.MESSAGES)}")],
            [Button(_("No, thank you"), "no:")],
        ],
    )


def declined() -> Said:
    """The person said no."""
    return Said(
        paragraphs(_("All right: we write nothing and have kept nothing. Send /start if you change your mind."))
    )


def group(*, welcome: bool = False) -> Said:
    """The first question that may be passed over; ``welcome`` to somebody who has just joined."""
    choices = [Button(str(label), f"group:{value}") for value, label in Group.choices if value]
    lead = [_("Now you get our messages. A few short questions follow; you may pass over each.")] if welcome else []
    return Said(
        paragraphs(
            *lead,
            _("Which of these are you? Then you get what concerns you."),
            head=_("Thank you") if welcome else "",
        ),
        [*_rows(choices), [_skip("group")]],
    )


def gender(*, alone: bool = False) -> Said:
    """Asks for the gender together with the consent to count it."""
    name, seen = _name("gender", alone), mark(Purpose.GENDER_STATISTICS)
    choices = [Button(str(label), f"{name}:{value}:{seen}") for value, label in Gender.choices if value]
    return Said(
        paragraphs(
            _("What is your gender? We ask to see whether we reach women and men alike."),
            _("By choosing an answer you agree to this:") + " " + words(Purpose.GENDER_STATISTICS),
        ),
        [*_rows(choices, 2), [_skip(name)]],
    )


def topics(chosen: frozenset[str], *, alone: bool = False) -> Said:
    """Asks what to write about; a chosen topic carries a tick."""
    name = _name("topic", alone)
    choices = [
        Button(_ticked(str(label), topic in chosen), f"{name}:{topic}:{int(topic not in chosen)}")
        for topic, label in settings.TOPICS.items()
    ]
    return Said(
        paragraphs(_("What would you like to read about? Tick what you like; without a tick you get everything.")),
        [*_rows(choices), [Button(_("Done"), f"{_name('topics', alone)}:")]],
    )


def frequency(chosen: str) -> Said:
    """Asks how often to write at most; the answer in force carries a tick."""
    choices = [Button(_ticked(str(label), value == chosen), f"often:{value}") for value, label in Frequency.choices]
    return Said(paragraphs(_("How often may we write to you?")), _rows(choices))


def languages(chosen: str) -> Said:
    """Asks somebody who has joined for another language; the one in use carries a tick."""
    every = interface_languages().items()
    choices = [Button(_ticked(name, code == chosen), f"lang:{code}:") for code, name in every]
    return Said(paragraphs(_("In which language shall we write?")), _rows(choices, 2))


def kept() -> Said:
    """An answer to a question that was asked by itself is written down."""
    return Said(paragraphs(_("Noted. Send /help to see what else you can change.")))


def clicks() -> Said:
    """Asks whether the links that this person follows may be recorded as theirs."""
    return Said(
        paragraphs(
            words(Purpose.CLICK_TRACKING),
            _("Without your yes we see only how many people followed a link, never who."),
        ),
        [[Button(_("Yes, you may"), f"click:1:{mark(Purpose.CLICK_TRACKING)}"), Button(_("No"), "click:0")]],
    )


def finished() -> Said:
    """The end of the questions."""
    return Said(
        paragraphs(
            _("Our next message comes here as soon as there is one."),
            _("Send /start to change your answers, /stop to leave."),
            head=_("That is all"),
        )
    )


def already() -> Said:
    """The person has joined before; their language may have changed just now."""
    change = [Button(_("Change my answers"), "again:")]
    return Said(paragraphs(_("You get our messages in this language. Send /stop to leave.")), [change])


def back() -> Said:
    """Somebody came back who had never said that they leave: only the chat had been closed to us."""
    change = [Button(_("Change my answers"), "again:")]
    return Said(
        paragraphs(_("You get our messages again, as you agreed. Send /stop to leave."), head=_("Welcome back")),
        [change],
    )


def stay() -> Said:
    """Asks somebody of whom nothing was heard for two years; who does not answer is forgotten."""
    return Said(
        paragraphs(
            _("We have not heard from you for a long time, and we do not keep the number of a chat for ever."),
            _("Press the button if you want to stay. Without it we delete your chat's number and what you told us."),
            head=_("Do you still want our messages?"),
        ),
        [[Button(_("Yes, keep writing to me"), "stay:")]],
    )


def stays() -> Said:
    """The person wants to stay."""
    return Said(paragraphs(_("Thank you. Our messages go on coming."), head=_("You stay")))


def left() -> Said:
    """The person has just left, or asked to although they get nothing."""
    return Said(
        paragraphs(_("You get no messages from us any more. Send /start to come back."), head=_("You have left"))
    )


def not_joined() -> Said:
    """Somebody wants to leave who gets nothing."""
    return Said(paragraphs(_("You get no messages from us. Send /start to join.")))


def refused() -> Said:
    """The chat is suppressed for a reason that only the team can lift."""
    return Said(paragraphs(_("We can not write to this chat. Please ask the team of the campaign.")))


def commands() -> dict[str, str]:
    """What the bot understands, for its menu and its help."""
    return {
        "start": _("Join, or change your answers"),
        "language": _("Change the language"),
        "topics": _("Change what you get, and how often"),
        "privacy": _("See and change what you agreed to"),
        "mydata": _("See everything we keep of you"),
        "stop": _("Leave, in one step"),
        "erase": _("Have everything about you erased"),
        "help": _("What this bot does"),
    }


def help_text() -> Said:
    """What the bot understands."""
    lines = [f"/{name} – {escape(meaning, quote=False)}" for name, meaning in commands().items()]
    intro = paragraphs(_("I send you the messages of this campaign. I can not read what you write, but I know these:"))
    return Said("\n".join([intro, "", *lines]))


def private_only() -> Said:
    """Somebody put the bot into a group."""
    return Said(paragraphs(_("I write to one person at a time: open a private chat with me and send /start.")))


def bound() -> Said:
    """A member of staff bound this chat."""
    return Said(paragraphs(_("Test messages that you send to yourself now come to this chat.")))


def not_bound() -> Said:
    """A staff link that binds nothing."""
    return Said(paragraphs(_("This link is too old or not complete. Open a new one from the page of the broadcast.")))


def gone() -> str:
    """The answer to a button that can't be acted on, shown above the chat."""
    return _("This button does not work any more. Send /start.")


def _name(question: str, alone: bool) -> str:
    return question + ALONE if alone else question


def _ticked(label: str, ticked: bool) -> str:
    return f"✓ {label}" if ticked else label


def _skip(question: str) -> Button:
    return Button(_("Pass over"), f"{question}:{SKIP}")
