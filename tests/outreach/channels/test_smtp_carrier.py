"""The SMTP carrier with several mails under way: whatever the server does, the outcome says the truth about each."""

import email
import email.policy
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from outreach.channels.built import PIXEL, PLACEHOLDER, TRAP, UNSUBSCRIBE, Built, LinkAddresses, Numbered
from outreach.channels.coalescing import Coalescing
from outreach.channels.email_message import MailForms, escaped, mail_bytes
from outreach.channels.email_smtp import MOST_AHEAD, SmtpCarrier
from outreach.channels.failures import OutcomeUnknown, TryLater
from outreach.channels.protocol import Outgoing, Receipt
from outreach.channels.smtp_line import Line
from tests.outreach.servers import SmtpServer

from .work import ListWork

BUILT = Built(
    channel="email",
    language="fr",
    subject="Droits au travail : ce que dit la loi",
    text=f"Bonjour\n.point\n\nLire <{PLACEHOLDER}1> et <{PLACEHOLDER}2>.\nPartir <{UNSUBSCRIBE}>\n",
    html=(
        f'<html lang="fr"><body>\n.é<a href="{PLACEHOLDER}1">Lire</a> '
        f'<a href="{UNSUBSCRIBE}">Partir</a>{TRAP}{PIXEL}</body></html>'
    ),
    links=("https://example.org/a", "https://example.org/b"),
)


def outgoing(
    number: int,
    *,
    address: str = "",
    built: Built = BUILT,
    pixel: bool = True,
    trap: bool = True,
    numbered: bool = False,
) -> Outgoing:
    site = "https://site.example"
    clicks = Numbered(f"{site}/r/token-{number}/", 2)
    return Outgoing(
        address=address or f"person{number}@example.org",
        built=built,
        links=LinkAddresses(
            clicks=clicks if numbered else list(clicks),
            unsubscribe=f"{site}/u/token_{number}",
            open_pixel=f"{site}/o/token{number}" if pixel else "",
            trap=f"{site}/r/token-{number}/0" if trap else "",
        ),
        message_id=f"1.{number}@site.example",
        number=number,
    )


@pytest.fixture(params=[True, False], ids=["pipelining", "step by step"])
def server(request, settings) -> Iterator[SmtpServer]:
    server = SmtpServer(pipelining=request.param)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 5
    yield server
    server.stop()


@pytest.fixture
def carrier(server) -> Iterator[SmtpCarrier]:
    carrier = SmtpCarrier(connections=4)
    yield carrier
    carrier.close()


def test_each_mail_arrives_once_whatever_line_it_took(server, carrier):
    work = ListWork(outgoing(number) for number in range(60))

    carrier.carry(work)

    assert Counter(server.receivers) == {f"person{number}@example.org": 1 for number in range(60)}
    assert set(work.settled) == set(range(60))
    assert all(isinstance(outcome, Receipt) for outcome in work.settled.values())
    assert not work.held
    assert not work.unrecorded
    assert 1 < work.most_under_way <= 4


def test_waits_are_kept(server, carrier):
    asked: list[tuple[float, Outgoing | float | None]] = []

    class Timed(ListWork):
        def take(self) -> Outgoing | float | None:
            at = time.monotonic()
            asked.append((at, super().take()))
            return asked[-1][1]

    work = Timed([0.01, outgoing(1), 0.02, 0.01, outgoing(2)])
    carrier.carry(work)

    assert sorted(work.settled) == [1, 2]
    waits = [(at, following, wait) for (at, wait), (following, _next) in pairwise(asked) if isinstance(wait, float)]
    assert len(waits) == 3
    assert all(following - at >= wait for at, following, wait in waits)


def test_what_is_halted_before_its_text_is_never_sent(server, carrier):
    def halt(_next: Outgoing) -> None:
        if len(work.begun) == 10:
            work.halt()

    work = ListWork([outgoing(number) for number in range(40)], before_begin=halt)
    carrier.carry(work)

    assert len(work.begun) == 10
    assert len(server.mails) == 10
    assert len(work.settled) == 10
    assert not work.held


class _Silenced(ListWork):
    """Notes what a carrier holds when it learns that a line fell silent; ``halts`` then stops everything."""

    halts = False

    def settle(self, outgoing, outcome, *, soon=False):
        if isinstance(outcome, OutcomeUnknown):
            self.held_then = self.held - {outgoing.number}
            if self.halts:
                self.halt()
        super().settle(outgoing, outcome, soon=soon)


def test_while_its_lines_are_busy_a_carrier_builds_the_next_mails(server, settings):
    settings.EMAIL_TIMEOUT = 0.2
    server.falls_silent("end")
    carrier = SmtpCarrier(connections=1)
    work = _Silenced(outgoing(number) for number in range(3 * MOST_AHEAD))

    carrier.carry(work)
    carrier.close()

    assert MOST_AHEAD <= len(work.held_then) <= MOST_AHEAD + 1
    assert sorted(work.settled) == [number for number in range(3 * MOST_AHEAD) if number not in _numbers(work)]
    arrived = [number for number, outcome in work.settled.items() if isinstance(outcome, Receipt)]
    assert len(arrived) >= 3 * MOST_AHEAD - 2
    assert sorted(server.receivers) == sorted(f"person{number}@example.org" for number in arrived)


def test_what_was_built_ahead_and_may_not_go_any_more_is_given_back_and_no_line_opened_for_it(server, settings):
    settings.EMAIL_TIMEOUT = 0.2
    server.falls_silent("end")
    carrier = SmtpCarrier(connections=1)
    work = _Silenced(outgoing(number) for number in range(3 * MOST_AHEAD))
    work.halts = True

    carrier.carry(work)

    assert [each.number for each in work.begun] == [0]
    assert _numbers(work) == work.held_then - work.settled.keys()
    assert len(_numbers(work)) >= MOST_AHEAD
    assert not work.held
    assert not carrier._lines
    assert not carrier._opening
    carrier.close()


def _numbers(work: ListWork) -> set[int]:
    return {each.number for each in work.given_back}


def test_before_it_waits_or_closes_a_line_every_outcome_is_on_record(server, carrier, monkeypatch):
    server.answers("end", "421 4.3.2 Going down", times=1)
    work = ListWork(outgoing(number) for number in range(30))
    unrecorded, wait, goodbye = [], carrier._selector.select, Line.say_goodbye
    monkeypatch.setattr(
        carrier._selector, "select", lambda time: unrecorded.extend(work.unrecorded if time else ()) or wait(time)
    )
    monkeypatch.setattr(Line, "say_goodbye", lambda line: unrecorded.extend(work.unrecorded) or goodbye(line))

    carrier.carry(work)
    carrier.close()

    assert len(work.settled) + len(work.given_back) == 30
    assert unrecorded == []


def test_while_answers_come_together_every_outcome_is_on_record(server, carrier, monkeypatch):
    work = ListWork(outgoing(number) for number in range(60))
    slept, unrecorded = [], []
    monkeypatch.setattr(Coalescing, "pause", lambda _self, busy: 0.001 if busy == 4 else 0.0)
    monkeypatch.setattr(
        "outreach.channels.email_smtp.time.sleep",
        lambda seconds: slept.append(seconds) or unrecorded.extend(work.unrecorded),
    )

    carrier.carry(work)

    assert slept
    assert set(slept) == {0.001}
    assert unrecorded == []
    assert len(server.mails) == 60


def test_a_carrier_says_how_long_it_waited_and_whether_for_something(server, carrier, monkeypatch):
    noted = []
    monkeypatch.setattr(Coalescing, "note", lambda _self, waited, heard: noted.append((waited, heard)))

    carrier.carry(ListWork([outgoing(1), 0.05, outgoing(2)]))

    assert any(heard for _waited, heard in noted)
    # Nothing was left on any line while the second one had to wait.
    assert any(waited > 0.01 and not heard for waited, heard in noted)


def test_a_server_that_allows_one_line_only_gets_everything_over_it(server, carrier):
    first = ListWork([outgoing(0)])
    carrier.carry(first)
    server.answers("greeting", "421 4.7.0 Too many connections", times=50)
    work = ListWork(outgoing(number) for number in range(1, 30))

    carrier.carry(work)

    assert len(server.mails) == 30
    assert all(isinstance(outcome, Receipt) for outcome in work.settled.values())


def test_a_server_that_takes_so_many_mails_a_line_is_called_again(server):
    carrier = SmtpCarrier(connections=1)
    carrier.carry(ListWork([outgoing(0)]))
    server.answers("sender", "421 4.4.2 So many mails a connection")
    work = ListWork(outgoing(number) for number in range(1, 4))

    carrier.carry(work)
    carrier.close()

    assert [each.number for each in work.given_back] == [1]
    assert sorted(work.settled) == [2, 3]
    assert server.receivers == ["person0@example.org", "person2@example.org", "person3@example.org"]


@pytest.mark.parametrize("stage", ["receiver", "data", "end"])
def test_a_server_that_goes_away_at_one_mail_makes_nobody_else_wait(server, stage):
    carrier = SmtpCarrier(connections=1)
    server.answers(stage, "421 4.3.2 The server behind me is busy")
    work = ListWork(outgoing(number) for number in range(6))

    carrier.carry(work)
    carrier.close()

    [failed] = [each for each in work.settled.values() if not isinstance(each, Receipt)]
    assert isinstance(failed, TryLater)
    assert not failed.everyone
    assert len(work.settled) + len(work.given_back) == 6


@pytest.mark.parametrize("stage", ["receiver", "data", "end"])
def test_a_server_that_goes_away_at_every_mail_makes_everybody_wait(server, stage):
    carrier = SmtpCarrier(connections=1)
    server.answers(stage, "421 4.7.0 Too fast", times=6)
    work = ListWork(outgoing(number) for number in range(6))

    carrier.carry(work)
    carrier.close()

    told = [each.everyone for each in work.settled.values()]
    assert told[:2] == [False, False]
    assert all(told[2:])
    assert len(told) > 2
    assert not any(each.blames_nobody for each in work.settled.values())
    assert len(told) + len(work.given_back) == 6


FAULTS = [
    ("sender", "451 4.3.0 Later"),
    ("receiver", "550 5.1.1 No such user"),
    ("receiver", "450 4.2.0 Greylisted"),
    ("data", "451 4.3.0 Later"),
    ("end", "452 4.3.1 Full"),
    ("end", "550 5.1.1 No such user"),
    ("end", "421 4.3.2 Closing"),
    ("end", "hm"),
]


@pytest.mark.parametrize("seed", range(6))
def test_in_any_storm_the_outcome_of_each_mail_is_true(server, carrier, seed):
    chance = random.Random(seed)
    people = range(80)
    for number in people:
        address = f"person{number}@example.org"
        share = chance.random()
        if share < 0.35:
            stage, reply = chance.choice(FAULTS)
            server.answers(stage, reply, receiver="" if stage == "sender" else address)
        elif share < 0.5:
            stage = chance.choice(["receiver", "data", "end"])
            server.drops(stage, receiver=address, kept=stage == "end" and chance.random() < 0.5)
    work = ListWork(outgoing(number) for number in people)

    carrier.carry(work)

    arrived = Counter(server.receivers)
    assert not work.held
    assert set(work.settled) | {each.number for each in work.given_back} == set(people)
    for number in people:
        count = arrived[f"person{number}@example.org"]
        outcome = work.settled.get(number)
        if isinstance(outcome, Receipt):
            assert count == 1, number
        elif isinstance(outcome, OutcomeUnknown):
            assert count <= 1, number
        else:
            assert count == 0, (number, outcome)


def test_a_server_that_takes_text_for_a_refused_receiver_gets_none(settings):
    server = _TakesTextForNobody()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 5
    server.answers("receiver", "452 4.2.2 Mailbox full", receiver="person1@example.org")
    carrier = SmtpCarrier(connections=1)
    work = ListWork(outgoing(number) for number in range(3))

    carrier.carry(work)
    carrier.close()
    server.stop()

    assert isinstance(work.settled[1], TryLater)
    assert [number for number in work.settled if isinstance(work.settled[number], Receipt)] == [0, 2]
    assert [each.number for each in work.begun] == [0, 2]
    assert server.receivers == ["person0@example.org", "person2@example.org"]


class _TakesTextForNobody(SmtpServer):
    """Says 354 although it refused the only receiver, as RFC 2920 lets a server do."""

    async def _serve(self, sandbox):
        from outreach.sandbox import servers, smtp

        class Server(smtp.MailServer):
            async def smtp_DATA(self, arg):
                if self.envelope.rcpt_tos:
                    await super().smtp_DATA(arg)
                    return
                await self.push("354 Go on")
                assert await self._reader.readline() == b".\r\n"
                await self.push("554 5.5.1 No valid receivers")

        original, servers.MailServer = servers.MailServer, Server
        try:
            return await sandbox.serve_mail(port=self.port)
        finally:
            self._restore = lambda: setattr(servers, "MailServer", original)

    def stop(self):
        super().stop()
        self._restore()


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("trap", [True, False])
@pytest.mark.parametrize("pixel", [True, False])
def test_a_filled_mail_reads_exactly_as_if_django_had_built_it(pixel, trap, numbered):
    forms = MailForms()
    forms.fill(outgoing(1, pixel=pixel, trap=trap))

    filled = forms.fill(outgoing(2, pixel=pixel, trap=trap, numbered=numbered))

    assert forms._forms[id(BUILT), pixel, trap][1] is not None, "it was cut"
    assert (b"/0" in filled) == trap
    _same(filled, escaped(mail_bytes(outgoing(2, pixel=pixel, trap=trap))))


@pytest.mark.parametrize(
    ("address", "built"),
    [
        ("josé@example.org", BUILT),
        ("", Built("email", "en", "Long", "word " + "x" * 5000 + f" {PLACEHOLDER}1", "", ("https://example.org",) * 2)),
    ],
    ids=["an address beyond ASCII", "a line that has to be encoded"],
)
def test_what_cannot_be_filled_in_is_built_by_django_for_each_receiver(address, built):
    forms = MailForms()
    for number in (1, 2):
        each = outgoing(number, address=address, built=built, pixel=False)
        _same(forms.fill(each), escaped(mail_bytes(each)))


@pytest.mark.parametrize("end", ["?a=1&b=2", "<b>", "=C3", "é", "\u202e", "\ud800"])
@pytest.mark.parametrize("name", ["clicks", "unsubscribe", "view", "open_pixel", "trap"])
def test_links_that_do_not_read_the_same_everywhere_are_not_filled_in(name, end):
    forms = MailForms()
    plain = outgoing(1, numbered=True)
    forms.fill(plain)
    form = forms._forms[id(BUILT), True, True][1]
    assert form.fill(plain) is not None
    link = getattr(plain.links, name)
    several = [[*link[:-1], link[-1] + end], Numbered(link.stem + end, len(link))] if name == "clicks" else [link + end]

    for odd in several:
        each = replace(plain, links=plain.links._replace(**{name: odd}))
        assert form.fill(each) is None
        if "\ud800" not in end:
            _same(forms.fill(each), escaped(mail_bytes(each)))


def test_numbered_addresses_are_a_sequence_like_the_list_of_them():
    numbered = Numbered("https://site.example/", 3)

    assert list(numbered) == ["https://site.example/1", "https://site.example/2", "https://site.example/3"]
    assert len(numbered) == 3
    assert numbered[-1] == "https://site.example/3"
    assert numbered[:2] == list(numbered)[:2]
    with pytest.raises(IndexError):
        numbered[3]


def _same(one: bytes, other: bytes) -> None:
    first, second = (
        email.message_from_bytes(content.replace(b"\r\n..", b"\r\n."), policy=email.policy.default)
        for content in (one, other)
    )
    assert "link.invalid" not in one.decode()
    assert {**first} | {"Date": "", "Content-Type": ""} == {**second} | {"Date": "", "Content-Type": ""}
    for part, twin in zip(first.walk(), second.walk(), strict=True):
        assert part.get_content_type() == twin.get_content_type()
        if not part.is_multipart():
            assert part.get_content() == twin.get_content()
