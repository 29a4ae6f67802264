"""Makes a broadcast and its texts. Whatever changes what is said, or to whom, takes an approval back.

Nothing can be changed once sending began: every function here then raises ``WrongState``.
"""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from wagtail.models import Page

from outreach.audience.models import Segment

from .campaign import Campaign
from .carrying import add_stories
from .drawing import drawn
from .editing import editing
from .history import record
from .lifecycle import locked
from .matrix import matrix
from .models import LONGEST_TITLE, Broadcast, Message
from .pictures import draw
from .refusals import Overtaken, WrongState
from .rendering import build, frozen
from .sources import Source, shown_infographic, sources
from .standing import SAID, audience_hash, digest, settings_version, version


def create_from_story(*, story: Page, user: User | None, now: datetime) -> Broadcast:
    """A new draft about ``story``: :func:`create_from_stories` with one."""
    return create_from_stories(stories=[story], user=user, now=now)


def create_from_stories(*, stories: Sequence[Page], user: User | None, now: datetime) -> Broadcast:
    """A new draft about at least one story or infographic, in this order.

    It has a text for each channel in each language in which one of them is live; its title is that of the first.
    """
    with transaction.atomic():
        title = Truncator(stories[0].title).chars(LONGEST_TITLE)
        broadcast = create(title=title, user=user, now=now)
        add_stories(broadcast=broadcast, pages=stories, user=user, now=now)
        draw_missing(broadcast=broadcast, user=user, now=now)
    return broadcast


def create(*, title: str, user: User | None, now: datetime) -> Broadcast:
    """A new draft that carries nothing yet; its texts are written by hand."""
    with transaction.atomic():
        broadcast = Broadcast.objects.create(title=title, created_by=user)
        record(broadcast=broadcast, action="create", user=user, now=now)
    return broadcast


def create_welcome(*, user: User | None, now: datetime) -> Broadcast:
    """A draft of the message to each person who joins, with the texts of the last one that was switched on."""
    with transaction.atomic():
        broadcast = Broadcast.objects.create(
            kind=Broadcast.Kind.WELCOME, title=_("Welcome message"), every_channel=True, created_by=user
        )
        record(broadcast=broadcast, action="create", user=user, now=now)
        last = Broadcast.objects.filter(kind=Broadcast.Kind.WELCOME, started_at__isnull=False).first()
        if last:
            Broadcast.objects.filter(pk=broadcast.pk).update(
                channels=last.channels, fallback_language=last.fallback_language
            )
            broadcast.refresh_from_db()
            texts = last.messages.values("channel", "language", *SAID, "picture_id", "picture_source")
            Message.objects.bulk_create(Message(broadcast=broadcast, **text) for text in texts)
    return broadcast


def draw_missing(*, broadcast: Broadcast, user: User | None, now: datetime) -> list[Message]:
    """Write a text from the stories into every empty cell for which they have one; what was written."""
    with editing(broadcast, gettext_noop("Texts were added."), user, now) as void:
        made = [
            drawn(Message(broadcast=broadcast, channel=cell.channel, language=cell.language), cell.source)
            for cell in matrix(broadcast)
            if cell.source and not cell.message
        ]
        Message.objects.bulk_create(made)
        if made:
            record(broadcast=broadcast, action="draw", user=user, now=now, cells=made)
            void()
    return made


def redraw(*, message: Message, user: User | None, now: datetime, read: str | None = None) -> None:
    """Write the stories' text of today over this one; raises ``LookupError`` where they have none.

    ``read`` is the :func:`~.standing.version` of the text that the person gave up; where another stands there now, it
    raises ``Overtaken``.
    """
    with editing(message.broadcast, gettext_noop("A text was drawn again."), user, now) as void:
        found = _as_read(message, read)
        before = version(found)
        drawn(found, sources(message.broadcast)[message.language]).save()
        record(broadcast=message.broadcast, action="draw", user=user, now=now, cells=[message])
        # What was approved may stand there again: the story was edited where the text does not draw from it.
        if version(found) != before:
            void()


def proposal(message: Message) -> Message | None:
    """What :func:`redraw` would write, unsaved; ``None`` where no story is published in this language."""
    source = sources(message.broadcast).get(message.language)
    if source is None:
        return None
    fresh = Message(broadcast=message.broadcast, channel=message.channel, language=message.language)
    return drawn(fresh, source)


def basis(message: Message, source: Source | None) -> str:
    """What the text would be drawn from today, as a SHA-256; ``source`` is that of its language."""
    return digest(_basis(message, source))


def _basis(message: Message, source: Source | None) -> dict[str, str]:
    page = shown_infographic(message.picture, language=message.language)
    return {
        "source_hash": source.content_hash if source else "",
        "picture_source": page.content_hash() if page else "",
    }


def keep(*, message: Message, user: User | None, now: datetime, read: str | None = None) -> None:
    """Say that the text is right although the story was edited: it is no longer stale.

    ``read`` is the :func:`basis` that the person had in front of them; where the story was edited once more since, it
    raises ``Overtaken``.
    """
    with editing(message.broadcast, "", user, now):
        current = _standing(message)
        found = _basis(current, sources(message.broadcast).get(message.language))
        if read is not None and read != digest(found):
            raise _overtaken()
        # A text of one's own was drawn from nothing, and stays so.
        drawn_from = {name: value for name, value in found.items() if getattr(current, name)}
        message.broadcast.messages.filter(pk=message.pk).update(**drawn_from)
        record(broadcast=message.broadcast, action="keep", user=user, now=now, cells=[message])


def _standing(message: Message) -> Message:
    """The text as it stands now that the broadcast is held; raises ``WrongState`` where somebody removed it."""
    current = message.broadcast.messages.filter(pk=message.pk).first()
    if current is None:
        raise WrongState(_("Somebody has just removed this text."))
    return current


def _as_read(message: Message, read: str | None) -> Message:
    """The text as it stands, if it is the one whose ``version`` is ``read``; else it raises ``Overtaken``."""
    current = _standing(message)
    if read is not None and read != version(current):
        raise _overtaken()
    return current


def _overtaken() -> Overtaken:
    return Overtaken(
        _("Somebody changed this after you opened it. Look at what stands there now, and then change it again.")
    )


def write(*, message: Message, user: User | None, now: datetime, read: str | None = None) -> None:
    """Save the text of one cell, new or edited, and draw its picture as its infographic is today.

    A text that says and shows what it did before voids nothing. ``read`` is the :func:`~.standing.version` that the
    writer began with; where another stands there now, it raises ``Overtaken``.
    """
    with editing(message.broadcast, gettext_noop("A text was changed."), user, now) as void:
        in_cell = message.broadcast.messages.filter(channel=message.channel, language=message.language)
        draw(message)
        if read is not None:
            _check_read(message, in_cell.first(), read)
        if in_cell.exclude(pk=message.pk).exists():
            raise WrongState(_("Somebody has just written this text: read it before you change it."))
        before = in_cell.values(*SAID).first()
        changed = [name for name in SAID if before is None or before[name] != getattr(message, name)]
        if changed:
            message.save()
            record(broadcast=message.broadcast, action="write", user=user, now=now, cells=[message], fields=changed)
            void()
        else:
            in_cell.update(picture_source=message.picture_source)


def _check_read(message: Message, found: Message | None, read: str) -> None:
    """Raise ``Overtaken`` where neither what was read nor what is being saved stands in the cell."""
    said = [getattr(found, name) for name in SAID] if found else []
    if version(found) != read and said != [getattr(message, name) for name in SAID]:
        raise Overtaken(
            _("Somebody changed this text after you opened it. Yours stands here: save it again to replace theirs.")
        )


def remove(*, message: Message, user: User | None, now: datetime, read: str | None = None) -> None:
    """Empty a cell; its readers then get the fallback language, or nothing. ``read`` is as for :func:`redraw`."""
    with editing(message.broadcast, gettext_noop("A text was removed."), user, now) as void:
        _as_read(message, read).delete()
        record(broadcast=message.broadcast, action="remove", user=user, now=now, cells=[message])
        void()


def check_settings(*, broadcast: Broadcast, read: str | None) -> None:
    """Hold the broadcast, in a transaction, for a form of title and audience that was opened when they were ``read``.

    Raises ``Overtaken`` where their :func:`~.standing.settings_version` is another by now.
    """
    if settings_version(locked(broadcast)) != read and read is not None:
        raise Overtaken(
            _("Somebody changed this page after you opened it. Yours stands here: save it again to replace theirs.")
        )


def rename(*, broadcast: Broadcast, title: str, user: User | None, now: datetime) -> None:
    """Give it another title; receivers never see it, so it voids nothing."""
    with editing(broadcast, "", user, now):
        if broadcast.title != title:
            broadcast.title = title
            broadcast.save(update_fields=["title"])
            record(broadcast=broadcast, action="rename", user=user, now=now)


def set_campaign(*, broadcast: Broadcast, campaign: Campaign | None, user: User | None, now: datetime) -> None:
    """Say to which campaign it belongs, or to none. It voids no approval: neither text nor audience change.

    Raises ``WrongState`` once it is being sent: from then on its figures count for the campaign that it belonged to.
    """
    with editing(broadcast, "", user, now):
        if Broadcast.objects.filter(pk=broadcast.pk).exclude(campaign=campaign).exists():
            broadcast.campaign = campaign
            broadcast.save(update_fields=["campaign"])
            record(
                broadcast=broadcast, action="campaign", user=user, now=now, detail=campaign.name if campaign else "–"
            )


def set_audience(
    *,
    broadcast: Broadcast,
    segments: Sequence[Segment],
    channels: Sequence[str],
    every_channel: bool,
    fallback_language: str,
    missed_rule: str,
    deadline_hours: int,
    ignores_quiet_hours: bool = False,
    user: User | None,
    now: datetime,
) -> None:
    """Say who gets it, on which channels, in which language for want of theirs, and what if its time is missed.

    A welcome message goes to everybody who joins, on each address, and never in quiet hours, whatever is asked here.
    """
    with editing(broadcast, gettext_noop("The audience was changed."), user, now) as void:
        before = audience_hash(broadcast)
        given = {
            "channels": list(channels),
            "every_channel": every_channel or broadcast.is_welcome,
            "fallback_language": fallback_language,
            "missed_rule": missed_rule,
            "deadline_hours": deadline_hours,
            "ignores_quiet_hours": ignores_quiet_hours and not broadcast.is_welcome,
        }
        broadcast.segments.set([] if broadcast.is_welcome else segments)
        for name, value in given.items():
            setattr(broadcast, name, value)
        broadcast.save(update_fields=list(given))
        names = ", ".join(segment.name for segment in segments)
        record(broadcast=broadcast, action="audience", user=user, now=now, detail=names, channels=list(channels))
        if audience_hash(broadcast) != before:
            void()


def freeze_content(broadcast: Broadcast) -> None:
    """Keep every message as receivers get it, with the targets of its links; called when sending begins.

    Raises ``UnfitMessage``, which :func:`~outreach.broadcasts.approval.verify_approval` would have said before.
    """
    for message in broadcast.messages.filter(channel__in=broadcast.channels):
        built = build(message)
        message.links, message.rendered = list(built.links), frozen(built)
        message.save(update_fields=["links", "rendered"])
