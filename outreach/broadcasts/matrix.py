"""The matrix of a broadcast: for each channel and language, whether there is a text, and whether it may go out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from outreach.audience.choices import ChannelName
from outreach.audience.models import Subscription
from outreach.audience.segments import Told
from outreach.channels.built import Built

from .models import Broadcast, Message, cell_name
from .rendering import tried
from .sources import Source, shown_infographic, sources
from .standing import is_approved


class CellState(TextChoices):
    """How far the text for one channel and language is."""

    MISSING = "missing", gettext_lazy("Missing")
    DRAFT = "draft", gettext_lazy("Draft")
    STALE = "stale", gettext_lazy("Stale")
    APPROVED = "approved", gettext_lazy("Approved")


@dataclass(frozen=True)
class Cell:
    """One channel in one language.

    ``why`` says in a sentence why it is in its state; ``readers`` counts active subscriptions, in a segment or not, as
    exactly as who reads it may know.
    ``notes`` are sentences about what is not in the reader's language, which holds nothing up. ``built`` is the message
    ready for its channel, where it has no problems.
    """

    channel: str
    language: str
    state: CellState
    why: str
    readers: Told
    message: Message | None = None
    source: Source | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    built: Built | None = None

    def __str__(self) -> str:
        return cell_name(self.channel, self.language)

    @property
    def language_name(self) -> str:
        """The language, named in itself."""
        return str(dict(settings.LANGUAGES)[self.language])


@dataclass(frozen=True)
class Matrix:
    """All cells of a broadcast; ``rows`` has one line of cells for each language, in the order of ``channels``."""

    channels: tuple[str, ...]
    rows: Mapping[str, tuple[Cell, ...]]

    def __iter__(self) -> Iterator[Cell]:
        for row in self.rows.values():
            yield from row

    def cell(self, channel: str, language: str) -> Cell:
        """One cell; raises ``LookupError`` where the matrix has none."""
        for cell in self.rows[language]:
            if cell.channel == channel:
                return cell
        raise LookupError(channel)

    @property
    def counts(self) -> dict[CellState, int]:
        """How many cells are in each state."""
        return {state: sum(cell.state == state for cell in self) for state in CellState}

    @property
    def can_be_drawn(self) -> bool:
        """Whether the stories have a text for a cell that has none."""
        return any(cell.source and not cell.message for cell in self)


def matrix(broadcast: Broadcast, *, exactly: bool = True) -> Matrix:
    """The cells of ``broadcast``: its channels, and the languages of its readers, its stories and its messages.

    ``exactly`` says whether they are for somebody who may see each person.
    """
    drawn = sources(broadcast)
    messages = texts(broadcast)
    readers = _readers(broadcast)
    approved = is_approved(broadcast)
    wanted = {language for _channel, language in [*messages, *readers]} | set(drawn) | {broadcast.fallback_language}
    channels = tuple(name for name in ChannelName.values if name in broadcast.channels)
    rows = {
        language: tuple(
            _cell(
                broadcast,
                channel,
                language,
                message=messages.get((channel, language)),
                source=drawn.get(language),
                readers=Told(readers.get((channel, language), 0), exactly=exactly),
                approved=approved,
                fallback=messages.get((channel, broadcast.fallback_language)),
            )
            for channel in channels
        )
        for language, _name in settings.LANGUAGES
        if language in wanted
    }
    return Matrix(channels, rows)


def texts(broadcast: Broadcast) -> dict[tuple[str, str], Message]:
    """The messages of ``broadcast`` by channel and language, also those of a channel that is no longer chosen."""
    messages = {
        (message.channel, message.language): message for message in broadcast.messages.select_related("picture__locale")
    }
    for message in messages.values():
        message.broadcast = broadcast
    return messages


def why_stale(message: Message, source: Source | None) -> str:
    """What changed since the text and its picture were drawn, in a sentence; empty if nothing did.

    A text of one's own is never stale. What was frozen for sending is not either.
    """
    if message.rendered is not None:
        return ""
    if message.source_hash and source is None:
        return _("What the text was drawn from is no longer published in this language, or no longer carried.")
    if message.source_hash and source and source.content_hash != message.source_hash:
        if len(source.pages) + len(source.missing) > 1:
            return _("A story was edited, added, moved or taken out after this text was drawn.")
        return _("The story was edited after this text was drawn from it.")
    if message.picture_source:
        page = shown_infographic(message.picture, language=message.language)
        if page is None:
            return _("The infographic of the picture is no longer published.")
        if page.content_hash() != message.picture_source:
            return _("The infographic was edited after its picture was drawn: save the text again for a new one.")
    return ""


def notes(message: Message, source: Source | None) -> tuple[str, ...]:
    """What readers of this language get in another one, or not at all, each in a sentence."""
    found = []
    if source and message.source_hash:
        found += [
            _("“%(title)s” is not published in this language: the text goes without it.") % {"title": title}
            for title in source.missing
        ]
    page = shown_infographic(message.picture, language=message.language)
    if page and page.language != message.language:
        found.append(
            _("The picture is in %(language)s: its infographic is not published in this language.")
            % {"language": dict(settings.LANGUAGES).get(page.language, page.language)}
        )
    return tuple(found)


def _readers(broadcast: Broadcast) -> dict[tuple[str, str], int]:
    rows = (
        Subscription.objects.filter(state=Subscription.State.ACTIVE, channel__in=broadcast.channels)
        .order_by()
        .values_list("channel", "subscriber__language")
        .annotate(number=Count("pk"))
    )
    return {(channel, language): number for channel, language, number in rows}


def _cell(
    broadcast: Broadcast,
    channel: str,
    language: str,
    *,
    message: Message | None,
    source: Source | None,
    readers: Told,
    approved: bool,
    fallback: Message | None,
) -> Cell:
    if message is None:
        why = _why_missing(broadcast, readers, source, fallback)
        return Cell(channel, language, CellState.MISSING, why, readers, None, source)
    built, found = tried(message)
    said = notes(message, source) if message.rendered is None else ()
    if why := why_stale(message, source):
        return Cell(channel, language, CellState.STALE, why, readers, message, source, found, said, built)
    state = CellState.APPROVED if approved else CellState.DRAFT
    if approved:
        why = _("Approved as it stands.")
    elif found:
        why = " ".join(found)
    else:
        why = _("Waits for approval.") if broadcast.state == Broadcast.State.SUBMITTED else _("Can be submitted.")
    return Cell(channel, language, state, why, readers, message, source, found, said, built)


def _why_missing(broadcast: Broadcast, readers: Told, source: Source | None, fallback: Message | None) -> str:
    if broadcast.is_welcome:
        return _welcome_why_missing(broadcast, fallback)
    if not readers:
        return _("Nobody on this channel reads it.")
    if fallback:
        language = dict(settings.LANGUAGES)[broadcast.fallback_language]
        return ngettext(
            "%(count)s subscriber reads it here and would get %(language)s instead.",
            "%(count)s subscribers read it here and would get %(language)s instead.",
            readers,
        ) % {"count": readers, "language": language}
    # Who of them is in a segment, and gets it on another channel, the preflight counts.
    left_out = ngettext(
        "%(count)s subscriber reads it here and would get nothing on this channel.",
        "%(count)s subscribers read it here and would get nothing on this channel.",
        readers,
    )
    left_out %= {"count": readers}
    if source is None:
        return left_out
    missing = [_("“%(title)s” is not published in this language.") % {"title": title} for title in source.missing]
    return " ".join([left_out, _("A text can be drawn."), *missing])


def _welcome_why_missing(broadcast: Broadcast, fallback: Message | None) -> str:
    """Those who will read it are not there yet, so nobody can be counted."""
    if not fallback:
        return _("Who joins in this language is not welcomed.")
    return _("Who joins in this language gets %(language)s instead.") % {
        "language": dict(settings.LANGUAGES)[broadcast.fallback_language]
    }
