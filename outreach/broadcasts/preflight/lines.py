"""The lines of a preflight: one thing looked at, what is to be said about it, and how grave that is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import TextChoices
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from outreach.audience.choices import ChannelName
from outreach.audience.segments import SINGLES_OUT
from outreach.broadcasts.matrix import Matrix
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.office_time import office_text
from outreach.broadcasts.pace import Pace
from outreach.broadcasts.readiness import Obstacle, Subject
from outreach.broadcasts.reasons import in_words
from outreach.broadcasts.rendering.email import MOST_BYTES, personal_size
from outreach.broadcasts.rendering.telegram import MOST_CHARACTERS, MOST_IN_CAPTION, characters
from outreach.broadcasts.standing import changed_since, given_approval, open_submission

from .before import Before
from .people import People

MOST_TELEGRAM_PER_SECOND = 30
"""What Telegram's own servers take from one bot, summed over all chats."""
NEAR_THE_LIMIT = 0.9


class Verdict(TextChoices):
    """What a line says."""

    PASS = "pass", gettext_lazy("In order")
    LOOK = "look", gettext_lazy("Look at this")
    STOP = "stop", gettext_lazy("Stops it")


@dataclass(frozen=True)
class Line:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    sentences: tuple[str, ...]


def line(name: str, *, looks: Iterable[str] = (), fine: str) -> Line:
    """A line to look at where there is something to say, else one that passes with ``fine``."""
    sentences = tuple(looks)
    return Line(name, Verdict.LOOK, sentences) if sentences else Line(name, Verdict.PASS, (fine,))


def stopping(stops: Iterable[Obstacle], subject: Subject, otherwise: Line) -> Line:
    """The line that stops with the obstacles of ``subject``; ``otherwise`` where there are none."""
    sentences = tuple(obstacle.sentence for obstacle in stops if obstacle.subject == subject)
    return Line(otherwise.name, Verdict.STOP, sentences) if sentences else otherwise


def audience(broadcast: Broadcast, people: People) -> Line:
    """Whether somebody gets it, and whether a segment is so small that it points at people."""
    if broadcast.is_welcome:
        return line(_("Audience"), fine=_("Everybody who joins gets it once, from the moment it is switched on."))
    if not people.getting:
        return line(_("Audience"), looks=[_("As it stands, nobody gets it.")], fine="")
    small = (
        _("“%(segment)s”: fewer than %(least)d people. A message to them, or a figure about them, could point at one.")
        % {"segment": row.label, "least": SINGLES_OUT}
        for row in people.segments.rows
        if row.is_small
    )
    return line(_("Audience"), looks=small, fine=_("Somebody gets it, and no segment is very small."))


def campaign(broadcast: Broadcast) -> Line:
    """Whether its figures count in a results framework."""
    name = _("Campaign")
    if broadcast.is_welcome:
        return line(name, fine=_("A welcome message belongs to no campaign."))
    if broadcast.campaign is None:
        looks = [_("This broadcast belongs to no campaign: it will count in no results framework.")]
        return line(name, looks=looks, fine="")
    return line(name, fine=_("It counts for “%(campaign)s”.") % {"campaign": broadcast.campaign.name})


def texts(people: People) -> Line:
    """Whether everybody who would get it has a text that they read."""
    missing = [
        *_of_cells(
            people.without_text,
            lambda count: ngettext(
                "%(channel)s, %(language)s: there is no text, so %(count)s person is left out.",
                "%(channel)s, %(language)s: there is no text, so %(count)s people are left out.",
                count,
            ),
        ),
        *_of_cells(
            people.elsewhere,
            lambda count: ngettext(
                "%(channel)s, %(language)s: there is no text, so %(count)s person gets nothing on this channel.",
                "%(channel)s, %(language)s: there is no text, so %(count)s people get nothing on this channel.",
                count,
            ),
        ),
    ]
    return line(_("Texts"), looks=missing, fine=_("Each text can be sent, and there is one for everybody."))


def texts_alone() -> Line:
    """The line that passes where each text can be sent and nobody is chosen yet."""
    return line(_("Texts"), fine=_("Each text can be sent."))


def _of_cells(counts: Mapping[tuple[str, str], int], sentence: Callable[[int], str]) -> Iterator[str]:
    """The sentence for each channel and language, by the names of both."""
    for (channel, language), count in counts.items():
        yield sentence(count) % {"channel": channel, "language": language, "count": count}


def frequency(broadcast: Broadcast, people: People, planned: Iterable[Before]) -> Line:
    """Whether people who want fewer messages are likely to get a planned one in place of this."""
    looks = []
    for other in planned:
        count = people.told(
            sum(number for wanted, number in people.wanting_fewer.items() if wanted in other.frequencies)
        )
        if count:
            looks.append(
                ngettext(
                    "“%(title)s” is planned for %(moment)s (%(zone)s): up to %(count)s person who wants fewer messages"
                    " gets that one and not this one.",
                    "“%(title)s” is planned for %(moment)s (%(zone)s): up to %(count)s people who want fewer messages"
                    " get that one and not this one.",
                    count,
                )
                % {
                    "title": other.title,
                    "moment": office_text(other.send_at),
                    "zone": settings.OFFICE_TIME_ZONE,
                    "count": count,
                }
            )
    fine = _("No planned broadcast is so close before it that somebody who wants fewer messages misses this one.")
    if broadcast.is_urgent:
        fine = _("Urgent: it goes to people who want fewer messages too.")
    return line(_("People who want fewer messages"), looks=looks, fine=fine)


def texts_for_joiners(cells: Matrix) -> Line:
    """Whether whoever joins, on each channel and in each language, is welcomed in it."""
    languages = dict(settings.LANGUAGES)
    missing = (
        f"{ChannelName(cell.channel).label}, {languages[cell.language]}: {cell.why}"
        for cell in cells
        if cell.message is None
    )
    return line(_("Texts"), looks=missing, fine=_("Each text can be sent, and there is one for everybody."))


def stale() -> Line:
    """The line that passes where no text is older than its story."""
    return line(_("Texts and their stories"), fine=_("No story was edited after its texts were drawn from it."))


def leaving() -> Line:
    """The line that passes where receivers can leave."""
    fine = _("Every e-mail has a link to leave in both of its parts, and every Telegram message names /stop.")
    return line(_("Way to leave"), fine=fine)


def fallback(people: People) -> Line:
    """Who gets a language that is not theirs."""
    looks = (
        ngettext(
            "%(count)s person reads %(language)s and gets %(instead)s.",
            "%(count)s people read %(language)s and get %(instead)s.",
            each.count,
        )
        % {"count": each.count, "language": each.language, "instead": each.instead}
        for each in people.fallbacks
    )
    return line(_("Fallback language"), looks=looks, fine=_("Everybody who gets it gets it in their own language."))


def sizes(cells: Matrix) -> Iterator[Line]:
    """How large the largest message is on each channel, beside the most that is sent."""
    built = [cell.built for cell in cells if cell.built]
    mails = [personal_size(each) for each in built if each.channel == ChannelName.EMAIL]
    chats = [each for each in built if each.channel == ChannelName.TELEGRAM]
    if mails:
        said = _("The largest e-mail has %(size)d kB of at most %(most)d kB.") % {
            "size": -(-max(mails) // 1024),
            "most": MOST_BYTES // 1024,
        }
        near = max(mails) > MOST_BYTES * NEAR_THE_LIMIT
        yield line(_("Size of the e-mails"), looks=[said] if near else [], fine=said)
    yield from _length(
        [characters(each.text) for each in chats if not each.picture],
        MOST_CHARACTERS,
        _("Length of the Telegram messages"),
        _("The longest Telegram message has %(size)d of at most %(most)d characters."),
    )
    yield from _length(
        [characters(each.text) for each in chats if each.picture],
        MOST_IN_CAPTION,
        _("Length of the Telegram messages with a picture"),
        _("The longest Telegram message with a picture has %(size)d of at most %(most)d characters."),
    )


def _length(found: Sequence[int], most: int, name: str, sentence: str) -> Iterator[Line]:
    if found:
        said = sentence % {"size": max(found), "most": most}
        yield line(name, looks=[said] if max(found) > most * NEAR_THE_LIMIT else [], fine=said)


def speed(pace: Pace) -> Line:
    """When a channel is likely to be done, and what may make it later."""
    name = _("Expected finish: %(channel)s") % {"channel": pace.label}
    looks = []
    if not pace.messages:
        return line(name, fine=_finish(pace))
    if pace.others:
        looks.append(
            ngettext(
                "%(titles)s shares this channel at that time. They take turns, so this one takes up to %(times)d"
                " times as long while both are sent.",
                "These share this channel at that time: %(titles)s. They take turns, so this one takes up to"
                " %(times)d times as long while all are sent.",
                len(pace.others),
            )
            % {
                "titles": ", ".join(_("“%(title)s”") % {"title": title} for title in pace.others),
                "times": len(pace.others) + 1,
            }
        )
    own_servers = pace.channel == ChannelName.TELEGRAM and not settings.TELEGRAM_API_URL
    if own_servers and not 0 < pace.per_second <= MOST_TELEGRAM_PER_SECOND:
        looks.append(
            _("Telegram takes at most %(most)d messages a second from a bot: set TELEGRAM_PER_SECOND lower.")
            % {"most": MOST_TELEGRAM_PER_SECOND}
        )
    if looks:
        looks.insert(0, _finish(pace))
    return line(name, looks=looks, fine=_finish(pace))


def _finish(pace: Pace) -> str:
    if not pace.messages:
        return _("Nothing goes out on this channel.")
    number = ngettext("%(count)s message", "%(count)s messages", pace.messages) % {"count": pace.messages}
    if not pace.per_second:
        return _("%(messages)s, as fast as the server takes them.") % {"messages": number}
    if pace.done_at is None:
        return _("%(messages)s at %(speed)s a second: more than a year.") % {
            "messages": number,
            "speed": f"{pace.per_second:g}",
        }
    working = timedelta(seconds=-(-pace.messages // pace.per_second))
    return _(
        "%(messages)s at %(speed)s a second: %(time)s of sending. If it begins on %(start)s, it is done by %(moment)s"
        " (%(zone)s)."
    ) % {
        "messages": number,
        "speed": f"{pace.per_second:g}",
        "time": _duration(working),
        "start": office_text(pace.begins_at),
        "moment": office_text(_to_the_minute(pace.done_at)),
        "zone": settings.OFFICE_TIME_ZONE,
    }


def _to_the_minute(moment: datetime) -> datetime:
    """The full minute by which it is: what is done some seconds later is not done by the minute before."""
    minute = moment.replace(second=0, microsecond=0)
    return minute if minute == moment else minute + timedelta(minutes=1)


def _duration(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds < 120:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    start = datetime(2026, 1, 1)
    return timesince(start, start + length)


def deadline(broadcast: Broadcast, paces: Sequence[Pace]) -> Iterator[Line]:
    """Whether all of it can go out before its deadline, where it has one."""
    start = broadcast.send_at or min((pace.begins_at for pace in paces), default=None)
    end = broadcast.deadline_from(start) if start else None
    if end is None:
        return
    told = {"moment": office_text(end), "zone": settings.OFFICE_TIME_ZONE}
    looks = [
        _("%(channel)s is not done by %(moment)s (%(zone)s): whoever still waits then gets nothing.")
        % {"channel": pace.label, **told}
        for pace in paces
        if pace.messages and pace.ends_after(end)
    ]
    fine = _("It can be done by then: %(moment)s (%(zone)s). What is late is dropped.") % told
    yield line(_("Deadline"), looks=looks, fine=fine)


def quiet(broadcast: Broadcast, paces: Sequence[Pace]) -> Line:
    """Whether quiet hours hold it back when it begins, or are ignored."""
    looks = [
        _("%(channel)s: it begins in quiet hours and waits until %(moment)s (%(zone)s).")
        % {"channel": pace.label, "moment": office_text(pace.rests_until), "zone": settings.OFFICE_TIME_ZONE}
        for pace in paces
        if pace.rests_until
    ]
    if broadcast.ignores_quiet_hours:
        looks = [_("Urgent: it is sent in quiet hours too, and phones may ring at night.")]
    fine = _("It does not begin in quiet hours.")
    if broadcast.is_welcome:
        fine = _("Who joins in quiet hours gets it when they end.")
    return line(_("Quiet hours"), looks=looks, fine=fine)


def sandbox(broadcast: Broadcast) -> Line:
    """Whether the messages leave this machine."""
    stays = {ChannelName.EMAIL: settings.SANDBOX_EMAIL, ChannelName.TELEGRAM: settings.SANDBOX_TELEGRAM}
    names = [str(channel.label) for channel, inside in stays.items() if inside and channel.value in broadcast.channels]
    looks = [
        _("%(channel)s goes to the sandbox: nothing leaves this machine, and nobody gets it.") % {"channel": name}
        for name in names
    ]
    return line(_("Way out"), looks=looks, fine=_("It goes to real people, by the servers of the settings."))


def approval(broadcast: Broadcast) -> Line:
    """Who has to do what next."""
    name, given, asked = _("Approval"), given_approval(broadcast), open_submission(broadcast)
    standing = given or asked
    if standing and (change := changed_since(standing)):
        return line(name, looks=[in_words(change)], fine="")
    if given:
        who = given.approved_by.get_username() if given.approved_by else "—"
        return line(name, fine=_("Approved by %(who)s as it stands.") % {"who": who})
    if asked:
        return line(name, looks=[_("It was submitted; a second person reads and approves it.")], fine="")
    return line(name, looks=[_("Not submitted yet. After that, a second person approves it.")], fine="")
