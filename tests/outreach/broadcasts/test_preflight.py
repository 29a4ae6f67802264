"""The preflight: a line stops exactly where the submission would be refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.audience.models import Segment, Subscription, Suppression
from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast, QuietHours
from outreach.broadcasts.preflight import Preflight, Verdict, preflight
from outreach.broadcasts.readiness import not_ready
from outreach.broadcasts.refusals import NotReady
from outreach.broadcasts.ways_out import lacks_way_out
from outreach.channels.built import UNSUBSCRIBE, Built

from .conftest import approve

pytestmark = pytest.mark.django_db


def line(found: Preflight, name: str):
    return next(each for each in found.lines if each.name == name)


def stops(found: Preflight) -> list[str]:
    return [sentence for each in found.lines if each.verdict == Verdict.STOP for sentence in each.sentences]


def test_what_can_be_submitted_is_stopped_by_nothing(draft, now):
    found = preflight(draft, now=now)

    assert stops(found) == []
    assert found.verdict == Verdict.LOOK
    assert "Not submitted yet" in line(found, "Approval").sentences[0]


@given(st.sets(st.sampled_from(["segments", "channels", "texts", "stale", "body", "button", "people"])))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
def test_what_stops_is_exactly_what_would_refuse_the_submission(draft, story, editor, now, broken):
    from django.db import transaction

    with transaction.atomic():
        if "segments" in broken:
            draft.segments.clear()
        if "texts" in broken:
            draft.messages.all().delete()
        if "stale" in broken:
            draft.messages.update(source_hash="another")
        if "body" in broken:
            draft.messages.filter(language="fr").update(body="")
        if "button" in broken:
            draft.messages.filter(channel="telegram").update(button_url="ftp://example.org/a")
        if "people" in broken:
            draft.segments.set([Segment.objects.create(code="n", name="N", rule={"field": "group", "in": ["media"]})])
        if "channels" in broken:
            Broadcast.objects.update(channels=[])
        broadcast = Broadcast.objects.get()

        assert sorted(stops(preflight(broadcast, now=now))) == sorted(not_ready(broadcast))
        if not_ready(broadcast):
            with pytest.raises(NotReady):
                services.submit(broadcast=broadcast, user=editor, now=now)
        transaction.set_rollback(True)


def test_people_are_counted_by_segment_channel_and_language_and_by_why_they_are_left_out(draft, joined, now):
    for _number in range(6):
        joined("email", "en")
    joined("telegram", "en", allows_messages=False)
    joined("email", "en", state="left")
    blocked = joined("email", "en")
    Suppression.objects.create(channel="email", address_hash=blocked.address_hash, reason="blocked")
    Broadcast.objects.update(fallback_language="")
    joined("email", "ht")
    draft.refresh_from_db()

    people = preflight(draft, now=now).people

    assert [(row.label, row.considered, row.getting) for row in people.segments.rows] == [("Everybody", 13, 9)]
    assert [(row.label, row.considered, row.getting_text) for row in people.channels.rows] == [
        ("E-mail", 11, "8"),
        ("Telegram", 2, "<5"),
    ]
    assert [(row.label, row.considered, row.getting) for row in people.languages.rows] == [
        ("English", 11, 8),
        ("Français", 1, 1),
        ("Kreyòl ayisyen", 1, 0),
    ]
    assert {left.label: left.count for left in people.left_out} == {
        "Not confirmed, or left": 1,
        "Suppressed address": 1,
        "No consent to messages": 1,
        "No message in their language": 1,
    }
    assert all(left.why for left in people.left_out)
    assert people.getting == 9
    assert line(preflight(draft, now=now), "Texts").sentences == (
        "E-mail, Kreyòl ayisyen: there is no text, so 1 person is left out.",
    )


def test_who_gets_it_on_another_channel_is_not_left_out_for_want_of_a_text(draft, joined, now):
    Broadcast.objects.update(fallback_language="")
    draft.messages.filter(channel="telegram", language="fr").delete()
    draft.refresh_from_db()
    both = joined("email", "fr").subscriber
    joined("telegram", subscriber=both)
    only = joined("email", "fr", state="left").subscriber
    joined("telegram", subscriber=only)

    found = preflight(draft, now=now)

    assert line(found, "Texts").sentences == ("Telegram, Français: there is no text, so 1 person is left out.",)
    assert {left.label: left.count for left in found.people.left_out} == {"No message in their language": 1}
    assert found.people.spare == 2


def test_on_every_channel_who_lacks_a_text_on_one_of_them_is_told_apart_from_who_gets_nothing(draft, joined, now):
    Broadcast.objects.update(fallback_language="", every_channel=True)
    draft.messages.filter(channel="telegram", language="fr").delete()
    draft.refresh_from_db()
    joined("telegram", subscriber=joined("email", "fr").subscriber)
    joined("telegram", "fr")

    found = preflight(draft, now=now)

    assert line(found, "Texts").sentences == (
        "Telegram, Français: there is no text, so 1 person is left out.",
        "Telegram, Français: there is no text, so 1 person gets nothing on this channel.",
    )


def test_a_planned_broadcast_that_some_people_get_in_place_of_this_one_is_named(draft, joined, now):
    start = now + timedelta(days=10)
    Broadcast.objects.update(send_at=start)
    draft.refresh_from_db()
    for frequency in ("every", "weekly", "weekly", "monthly"):
        reader = joined("email", "en").subscriber
        reader.frequency = frequency
        reader.save()

    def other(title: str, before: timedelta, **fields) -> None:
        Broadcast.objects.create(
            **{"title": title, "state": "scheduled", "send_at": start - before, "channels": ["email"]} | fields
        )

    other("Two days before", timedelta(days=2))
    other("Eight days before", timedelta(days=8))
    other("After", timedelta(days=-1))
    other("Only a draft", timedelta(days=1), state="draft")
    other("Welcome", timedelta(days=1), kind="welcome")

    (eight, two) = line(preflight(draft, now=now), "People who want fewer messages").sentences
    assert eight.startswith("“Eight days before” is planned for ")
    assert eight.endswith("up to 1 person who wants fewer messages gets that one and not this one.")
    assert two.startswith("“Two days before” is planned for ")
    assert two.endswith("up to 3 people who want fewer messages get that one and not this one.")

    Broadcast.objects.filter(pk=draft.pk).update(ignores_quiet_hours=True)
    draft.refresh_from_db()
    assert line(preflight(draft, now=now), "People who want fewer messages").verdict == Verdict.PASS


def test_who_gets_a_fallback_is_said_with_both_languages(draft, joined, now):
    joined("email", "ht")

    found = line(preflight(draft, now=now), "Fallback language")

    assert (found.verdict, found.sentences) == (Verdict.LOOK, ("1 person reads Kreyòl ayisyen and gets English.",))


def test_a_segment_of_fewer_than_five_people_is_pointed_out(draft, joined, now):
    assert "“Everybody”: fewer than 5 people" in line(preflight(draft, now=now), "Audience").sentences[0]
    joined("email", "en")
    joined("email", "en")
    assert line(preflight(draft, now=now), "Audience").verdict == Verdict.PASS


def test_counting_asks_the_same_number_of_queries_for_any_audience(draft, joined, now, django_assert_max_num_queries):
    for _number in range(40):
        joined("email", "en")
    with django_assert_max_num_queries(90) as few:
        preflight(draft, now=now)
    for _number in range(40):
        joined("email", "en")
    with django_assert_max_num_queries(len(few)):
        preflight(draft, now=now)


def test_the_finish_follows_from_the_throttle(draft, joined, settings, now):
    settings.EMAIL_PER_SECOND = 1
    for _number in range(298):
        joined("email", "en")

    said = line(preflight(draft, now=now), "Expected finish: E-mail").sentences[0]

    assert said == (
        "300 messages at 1 a second: 5\xa0minutes of sending. If it begins on 1 December 2026, 10:00, it is done by"
        " 1 December 2026, 10:05 (America/Dominica)."
    )


def test_the_finish_rests_in_quiet_hours_unless_it_is_urgent(draft, settings, now):
    settings.EMAIL_PER_SECOND = 1
    QuietHours.objects.create(email=True)
    draft.send_at = datetime(2026, 12, 2, 0, 59, 59, tzinfo=UTC)

    found = preflight(draft, now=now)
    assert "done by 2 December 2026, 07:01" in line(found, "Expected finish: E-mail").sentences[0]
    assert line(found, "Quiet hours").verdict == Verdict.PASS

    draft.send_at += timedelta(hours=1)
    assert "waits until 2 December 2026, 07:00" in line(preflight(draft, now=now), "Quiet hours").sentences[0]

    draft.ignores_quiet_hours = True
    found = preflight(draft, now=now)
    assert "Urgent" in line(found, "Quiet hours").sentences[0]
    assert "done by 1 December 2026, 22:01" in line(found, "Expected finish: E-mail").sentences[0]


def test_that_it_takes_longer_than_its_deadline_is_pointed_out(draft, joined, settings, now):
    settings.EMAIL_PER_SECOND = 1 / 1800
    assert not [each for each in preflight(draft, now=now).lines if each.name == "Deadline"]
    draft.missed_rule, draft.deadline_hours = Broadcast.MissedRule.DROP, 1

    found = line(preflight(draft, now=now), "Deadline")
    assert found.verdict == Verdict.PASS
    assert "1 December 2026, 11:00 (America/Dominica)" in found.sentences[0]

    joined("email", "en")
    assert line(preflight(draft, now=now), "Deadline").sentences == (
        "E-mail is not done by 1 December 2026, 11:00 (America/Dominica): whoever still waits then gets nothing.",
    )


def test_quiet_hours_that_last_beyond_its_deadline_are_pointed_out(draft, settings, now):
    settings.EMAIL_PER_SECOND = 0
    QuietHours.objects.create(email=True)
    draft.missed_rule, draft.deadline_hours = Broadcast.MissedRule.DROP, 3
    draft.send_at = datetime(2026, 12, 2, 3, tzinfo=UTC)

    assert "E-mail is not done by" in line(preflight(draft, now=now), "Deadline").sentences[0]


def test_without_a_throttle_there_is_no_finish_to_expect(draft, settings, now):
    settings.EMAIL_PER_SECOND = 0

    assert line(preflight(draft, now=now), "Expected finish: E-mail").sentences == (
        "2 messages, as fast as the server takes them.",
    )


def test_a_channel_on_which_nothing_goes_out_is_shared_with_nobody(draft, now):
    Broadcast.objects.create(title="Soon", state="scheduled", send_at=now, channels=["telegram"])
    Subscription.objects.filter(channel="telegram").delete()

    found = line(preflight(draft, now=now), "Expected finish: Telegram")

    assert (found.verdict, found.sentences) == (Verdict.PASS, ("Nothing goes out on this channel.",))


def test_other_broadcasts_on_the_same_channel_are_named(draft, now):
    def other(title: str, **fields) -> None:
        Broadcast.objects.create(
            **{"title": title, "state": "scheduled", "send_at": now, "channels": ["email"]} | fields
        )

    other("Soon")
    other("Running", state="sending", started_at=now - timedelta(hours=1))
    other("Tomorrow", send_at=now + timedelta(days=1))
    other("Past", state="finished", started_at=now - timedelta(hours=1))
    other("Elsewhere", channels=["telegram"])
    other("Welcome", kind="welcome", state="sending", started_at=now)

    said = line(preflight(draft, now=now), "Expected finish: E-mail").sentences[1]

    assert "“Soon”, “Running”" in said
    assert "up to 3 times as long" in said


def test_more_than_telegram_takes_is_pointed_out_unless_the_server_is_ones_own(draft, settings, now):
    settings.TELEGRAM_API_URL, settings.TELEGRAM_PER_SECOND = "", 31
    assert "at most 30" in " ".join(line(preflight(draft, now=now), "Expected finish: Telegram").sentences)
    settings.TELEGRAM_API_URL = "http://127.0.0.1:8081"
    assert line(preflight(draft, now=now), "Expected finish: Telegram").verdict == Verdict.PASS


def test_a_message_near_the_limit_is_pointed_out(draft, now):
    assert line(preflight(draft, now=now), "Length of the Telegram messages").verdict == Verdict.PASS
    draft.messages.filter(channel="telegram", language="en").update(body=f"<p>{'a' * 3900}</p>")
    assert line(preflight(draft, now=now), "Length of the Telegram messages").verdict == Verdict.LOOK
    assert line(preflight(draft, now=now), "Size of the e-mails").verdict == Verdict.PASS


def test_a_mail_that_its_personal_links_bring_near_the_limit_is_pointed_out(draft, now):
    links = "".join(f'<p><a href="https://a.example/{number}">one more link</a></p>' for number in range(350))
    draft.messages.filter(channel="email", language="en").update(body=links)

    found = line(preflight(draft, now=now), "Size of the e-mails")

    assert found.verdict == Verdict.LOOK
    assert "of at most 100 kB" in found.sentences[0]


def test_a_picture_leaves_less_room_for_its_words(draft, infographic, editor, now):
    message = draft.messages.get(channel="telegram", language="en")
    message.body, message.picture = f"<p>{'a' * 900}</p>", infographic
    services.write(message=message, user=editor, now=now)

    found = line(preflight(draft, now=now), "Length of the Telegram messages with a picture")

    assert found.verdict == Verdict.LOOK
    assert "of at most 1024 characters" in found.sentences[0]


def test_the_sandbox_is_named_for_each_channel(draft, settings, now):
    settings.SANDBOX_EMAIL, settings.SANDBOX_TELEGRAM = True, False
    assert line(preflight(draft, now=now), "Way out").sentences == (
        "E-mail goes to the sandbox: nothing leaves this machine, and nobody gets it.",
    )
    settings.SANDBOX_EMAIL = False
    assert line(preflight(draft, now=now), "Way out").verdict == Verdict.PASS


def test_the_state_of_the_approval_is_told(submitted, approver, now):
    assert "a second person reads" in line(preflight(submitted, now=now), "Approval").sentences[0]
    approve(submitted, approver, now)
    assert line(preflight(submitted, now=now), "Approval").verdict == Verdict.PASS
    Segment.objects.update(rule={"field": "language", "in": ["en", "fr"]})
    assert "The audience was changed" in line(preflight(submitted, now=now), "Approval").sentences[0]


@pytest.mark.parametrize(
    ("channel", "html", "text", "lacks"),
    [
        ("email", f"<a href='{UNSUBSCRIBE}'>", UNSUBSCRIBE, ""),
        ("email", "<p>Hello", UNSUBSCRIBE, "Its HTML has no link to leave."),
        ("email", f"<a href='{UNSUBSCRIBE}'>", "Hello", "Its text part has no link to leave."),
        ("telegram", "", "Hello. Send /stop.", ""),
        ("telegram", "", "Hello.", "It does not say that /stop ends the messages."),
    ],
)
def test_the_way_out_is_looked_for_in_every_part(channel, html, text, lacks):
    assert lacks_way_out(Built(channel=channel, language="en", subject="S", text=text, html=html, links=())) == lacks


def test_a_message_that_lost_its_way_out_can_not_be_submitted(draft, editor, now, settings, tmp_path):
    place = tmp_path / "outreach/broadcasts/components"
    place.mkdir(parents=True)
    (place / "leaving.html").write_text("<p>You get this because you joined.</p>")
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]

    with pytest.raises(NotReady, match="no link to leave"):
        services.submit(broadcast=draft, user=editor, now=now)
    assert line(preflight(draft, now=now), "Way to leave").verdict == Verdict.STOP
