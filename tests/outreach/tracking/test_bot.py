"""The bot as a person meets it, over the real Bot API protocol; and what hostile input does to it: nothing."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta

import polib
import pytest
from django.contrib.auth.models import Group as Role
from django.contrib.auth.models import User
from django.utils.translation import gettext, override
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from outreach import roles
from outreach.audience import personal_data
from outreach.audience.addresses import address_hash, decrypt
from outreach.audience.choices import Purpose
from outreach.audience.models import (
    Consent,
    JoinRequest,
    Subscriber,
    Subscription,
    Suppression,
    TopicChoice,
    Wording,
    WordingText,
)
from outreach.audience.suppressions import suppress
from outreach.audience.wording import words
from outreach.broadcasts.models import TestChat
from outreach.broadcasts.test_chats import LASTS, BindingRefused, bind, start_payload
from outreach.channels.telegram_client import BotClient
from outreach.tracking.conversation import interface_languages, mark
from outreach.tracking.updates import poll

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
CHAT = 70001

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(bot_api):
    client = BotClient.from_settings()
    yield client
    client.close()


def in_every_language(text):
    """How the bot may write it."""
    found = set()
    for language in interface_languages():
        with override(language):
            found.add(gettext(text))
    return found


class Phone:
    """One person with a telephone, who sees the bot's messages as they stand now."""

    def __init__(self, bot_api, client, chat=CHAT, language="en"):
        self.bot_api, self.client, self.chat, self.language = bot_api, client, chat, language

    def writes(self, text, now=NOW):
        self.bot_api.writes(self.chat, text, language=self.language)
        poll(client=self.client, now=now)
        return self

    def presses(self, label, now=NOW):
        data = [
            button["callback_data"]
            for row in self.message["keyboard"]
            for button in row
            if button["text"].removeprefix("✓ ") in in_every_language(label)
        ]
        assert data, f"no button {label!r} among {self.buttons}"
        return self.sends_back(data[0], now)

    def sends_back(self, data, now=NOW):
        message = self.message["message_id"] if self.messages else 1
        self.bot_api.presses(self.chat, data, message=message, language=self.language)
        poll(client=self.client, now=now)
        return self

    @property
    def messages(self):
        return [message for message in self.bot_api.sent if message["chat_id"] == self.chat]

    @property
    def message(self):
        return self.messages[-1]

    @property
    def buttons(self):
        return [button["text"] for row in self.message["keyboard"] for button in row]

    @property
    def text(self):
        return self.message["text"]


@pytest.fixture
def phone(bot_api, client):
    return Phone(bot_api, client)


@pytest.fixture
def joined(phone):
    return phone.writes("/start poster-1").presses("English").presses("Yes, send me messages")


def state() -> tuple[object, ...]:
    """All that the bot can change."""
    return (
        list(Subscriber.objects.order_by("id").values()),
        list(Subscription.objects.order_by("id").values()),
        list(TopicChoice.objects.order_by("id").values()),
        list(Consent.objects.order_by("id").values()),
        list(TestChat.objects.values()),
        list(JoinRequest.objects.values()),
    )


# Joining


def test_a_person_joins_answers_everything_and_is_active_in_their_language(phone):
    phone.writes("/start poster-1").presses("Kreyòl ayisyen").presses("Yes, send me messages")
    phone.presses("Worker or family of a worker").presses("Woman").presses("Rights").presses("Work").presses("Done")
    phone.presses("Yes, you may")

    subscription = Subscription.objects.get()
    subscriber = subscription.subscriber
    assert (subscription.channel, subscription.state, subscription.address) == ("telegram", "active", str(CHAT))
    assert (subscriber.language, subscriber.group, subscriber.gender) == ("ht", "worker", "woman")
    assert subscriber.source == "poster-1"
    assert sorted(choice.topic for choice in subscriber.topics.all()) == ["rights", "work"]
    assert [subscription.allows(name) for name in ("messages", "gender_statistics", "click_tracking")] == [True] * 3
    assert not subscription.allows_open_tracking
    assert set(Consent.objects.values_list("method", flat=True)) == {"bot"}
    assert any(text in phone.text for text in in_every_language("That is all"))
    assert len(phone.messages) == 1, "the questions take each other's place"


def test_nothing_is_kept_of_somebody_who_does_not_agree(phone):
    phone.writes("/start").presses("English").presses("No, thank you")

    assert not Subscriber.objects.exists()
    assert "kept nothing" in phone.text


def test_every_question_but_the_first_may_be_passed_over(joined):
    joined.presses("Pass over").presses("Pass over").presses("Done").presses("No")

    subscriber = Subscriber.objects.get()
    assert (subscriber.group, subscriber.gender, subscriber.topics.count()) == ("", "", 0)
    assert list(Consent.objects.values_list("purpose", flat=True)) == ["messages"]


def test_the_bot_says_what_is_agreed_to_and_advises_the_young_before_asking(phone):
    phone.writes("/start").presses("English")

    assert "in one step" in phone.text
    assert "under 18" in phone.text
    assert "Does somebody else use this phone" in phone.text


def test_gender_is_asked_with_the_words_of_its_consent(joined):
    joined.presses("Pass over")

    assert "groups of people, never one person" in joined.text
    assert "women and men alike" in joined.text


def test_preferring_not_to_say_gives_no_consent_to_statistics(joined):
    joined.presses("Pass over").presses("Prefer not to say")

    assert Subscriber.objects.get().gender == "undisclosed"
    assert not Subscription.objects.get().allows_gender_statistics


def test_a_topic_is_ticked_and_unticked(joined):
    joined.presses("Pass over").presses("Pass over").presses("Work")
    assert "✓ Work" in joined.buttons
    joined.presses("Work")

    assert "Work" in joined.buttons
    assert not TopicChoice.objects.exists()


@pytest.mark.parametrize("payload", ["", "x" * 64, "ö", "a b", "<b>", "../..", "poster:1"])
def test_a_start_with_an_odd_source_starts_without_one(phone, payload):
    phone.writes(f"/start {payload}").presses("English").presses("Yes, send me messages")

    assert Subscriber.objects.get().source == ""


def test_the_longest_source_still_fits_into_a_button(phone):
    phone.writes(f"/start {'s' * 40}").presses("English").presses("Yes, send me messages")

    assert Subscriber.objects.get().source == "s" * 40


def test_a_suppressed_chat_is_told_so_and_nothing_is_kept(phone):
    digest = address_hash(channel="telegram", address=str(CHAT))
    suppress(channel="telegram", address_hash=digest, reason="by_hand", now=NOW)

    phone.writes("/start").presses("English").presses("Yes, send me messages")

    assert "can not write" in phone.text
    assert not Subscriber.objects.exists()


# Leaving and coming back


def test_stop_leaves_in_one_step_and_says_so(joined):
    joined.writes("/stop")

    subscription = Subscription.objects.get()
    assert subscription.state == "left"
    assert not subscription.allows_messages
    assert "You have left" in joined.text


def test_who_blocked_the_bot_and_comes_back_is_active_again_with_what_they_agreed_to(joined, bot_api):
    bot_api.blocks(CHAT)
    poll(client=joined.client, now=NOW)
    bot_api.unblocks(CHAT)
    suppress(channel="telegram", address_hash=Subscription.objects.get().address_hash, reason="blocked", now=NOW)

    joined.writes("/start poster-2")

    subscription = Subscription.objects.select_related("subscriber").get()
    assert (subscription.state, subscription.ended_at) == ("active", None)
    assert subscription.subscriber.source == "poster-1", "who comes back has joined once"
    assert not Suppression.objects.exists()
    assert Consent.objects.filter(purpose="messages").count() == 1
    assert any(text in joined.text for text in in_every_language("Welcome back"))


def test_who_complained_is_not_taken_up_again_by_coming_back(joined, bot_api):
    bot_api.blocks(CHAT)
    poll(client=joined.client, now=NOW)
    bot_api.unblocks(CHAT)
    suppress(channel="telegram", address_hash=Subscription.objects.get().address_hash, reason="complaint", now=NOW)

    joined.writes("/start")

    assert Subscription.objects.get().state == "stopped"


def test_stop_from_somebody_unknown_changes_nothing(phone):
    phone.writes("/stop")

    assert "You get no messages" in phone.text
    assert not Subscriber.objects.exists()


def test_blocking_the_bot_stops_the_subscription_and_unblocking_alone_does_not_bring_it_back(joined, bot_api):
    bot_api.blocks(CHAT)
    poll(client=joined.client, now=NOW)
    assert Subscription.objects.get().state == "stopped"

    bot_api.unblocks(CHAT)
    poll(client=joined.client, now=NOW)
    assert Subscription.objects.get().state == "stopped"

    joined.writes("/start")
    assert Subscription.objects.get().state == "active"
    assert Subscriber.objects.count() == 1


def test_somebody_who_left_comes_back_only_by_agreeing_again(joined):
    joined.writes("/stop").writes("/start").presses("English")
    assert Subscription.objects.get().state == "left"

    joined.presses("Yes, send me messages")

    assert Subscription.objects.get().state == "active"
    granted = Consent.objects.filter(purpose="messages").order_by("id").values_list("granted", flat=True)
    assert list(granted) == [True, False, True]


def test_starting_again_changes_the_language_of_somebody_who_has_joined(joined):
    joined.writes("/start").presses("Español")

    assert Subscriber.objects.get().language == "es"
    assert Consent.objects.count() == 1


def test_somebody_who_has_joined_can_change_their_answers(joined):
    joined.presses("Media").writes("/start").presses("English").presses("Change my answers").presses(
        "Employer or recruiter"
    )

    assert Subscriber.objects.get().group == "employer"


# What the bot does not understand


@pytest.mark.parametrize(
    "text", ["hello", "/unknown", "/starting", "/help", "/help@sandbox_bot", "ö" * 4000, "/", "<b>"]
)
def test_anything_else_gets_a_short_help(phone, text):
    phone.writes(text)

    assert "/stop" in phone.text
    assert not Subscriber.objects.exists()


HOSTILE = [
    "", ":", "lang", "lang:", "lang:xx:", "lang:acf:", "lang:en", "lang:en:a:b", "lang:en:<b>", "lang:en:" + "x" * 41,
    "join:xx:", "join:en:é", "group:president", "group:", "group:worker:x", "gender:", "gender:0", "topic:rights",
    "topic:rights:2", "topic:none:1", "topic::1", "click:2", "click:yes", "click:", "drop table", "stop:", "again:",
    "topics:", "\u202e", "no",
]  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE)
def test_a_button_that_we_never_made_changes_nothing_for_a_stranger(phone, data):
    phone.writes("/start")
    before = state()

    phone.sends_back(data or " ")

    assert state() == before
    assert phone.bot_api.calls[-1][0] in {"answercallbackquery", "editmessagetext"}


@pytest.mark.parametrize("data", [data for data in HOSTILE if data not in {"again:", "topics:", "no"}])
def test_a_button_that_we_never_made_changes_nothing_for_somebody_who_has_joined(joined, data):
    before = state()

    joined.sends_back(data or " ")

    assert state() == before
    assert joined.bot_api.calls[-1][0] == "answercallbackquery"


@pytest.mark.parametrize("data", ["group:worker", "gender:woman", "topic:rights:1", "click:1", "again:", "topics:"])
def test_a_button_of_an_old_message_does_nothing_after_leaving(joined, data):
    joined.writes("/stop")
    before = state()

    joined.sends_back(data)

    assert state() == before


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_no_data_of_a_button_breaks_the_bot(joined, data):
    before = Consent.objects.count(), Subscription.objects.get().state

    joined.sends_back(data)

    assert (Consent.objects.count(), Subscription.objects.get().state) == before


@pytest.fixture
def other_words(db):
    """Publish new words for a purpose."""

    def publish(purpose):
        wording = Wording.objects.create(purpose=purpose, version="2099.1", published_at=NOW)
        WordingText.objects.create(wording=wording, language="en", text="You may do much more with it.")

    return publish


def test_nobody_agrees_to_words_that_came_after_the_button(phone, other_words):
    phone.writes("/start").presses("English")
    other_words(Purpose.MESSAGES)

    phone.presses("Yes, send me messages")
    assert not Subscriber.objects.exists()
    assert "You may do much more with it." in phone.text

    phone.presses("Yes, send me messages")
    assert Consent.objects.get().wording_version == "2099.1"


@pytest.mark.parametrize(
    ("purpose", "way", "button"),
    [
        (Purpose.GENDER_STATISTICS, ["Pass over"], "Woman"),
        (Purpose.CLICK_TRACKING, ["Pass over", "Pass over", "Done"], "Yes, you may"),
        (Purpose.CLICK_TRACKING, "/privacy", "You may record my links"),
    ],
)
def test_who_has_joined_sees_changed_words_before_they_agree_to_them(joined, other_words, purpose, way, button):
    if isinstance(way, str):
        joined.writes(way)
    else:
        for each in way:
            joined.presses(each)
    before = Consent.objects.count()
    other_words(purpose)

    joined.presses(button)
    assert Consent.objects.count() == before
    assert "You may do much more with it." in joined.text

    joined.presses(button)
    assert Consent.objects.latest("id").wording_version == "2099.1"


def test_a_gender_that_is_not_told_needs_no_words(joined, other_words):
    joined.presses("Pass over")
    other_words(Purpose.GENDER_STATISTICS)

    joined.presses("Prefer not to say")

    assert Subscriber.objects.get().gender == "undisclosed"


def test_the_data_of_every_button_fits_into_what_telegram_takes(phone):
    phone.writes(f"/start {'s' * 40}").presses("English")

    assert max(len(button["callback_data"].encode()) for row in phone.message["keyboard"] for button in row) <= 64


def test_a_button_pressed_twice_changes_nothing_more(joined):
    joined.presses("Pass over").presses("Woman")
    before = state()

    joined.sends_back(f"gender:woman:{mark(Purpose.GENDER_STATISTICS)}")
    joined.sends_back(f"join:en::{mark(Purpose.MESSAGES)}")

    assert state() == before


def test_two_people_never_touch_each_other(bot_api, client):
    ana, eva = Phone(bot_api, client, 1), Phone(bot_api, client, 2)
    for each, answer in ((ana, "Media"), (eva, "Student or teacher")):
        each.writes("/start").presses("English").presses("Yes, send me messages").presses(answer)

    ana.writes("/stop")

    states = {each.address: (each.state, each.subscriber.group) for each in Subscription.objects.all()}
    assert states == {"1": ("left", "media"), "2": ("active", "student")}


def test_a_group_is_declined_politely_and_only_when_it_calls(bot_api, client):
    update = {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group", "title": "g"},
              "from": {"id": 7, "is_bot": False, "first_name": "x"}}  # fmt: skip
    for text in ("/start", "good morning"):
        bot_api.inbox.add_update({"message": {**update, "text": text}})
        poll(client=client, now=NOW)

    assert [message["chat_id"] for message in bot_api.sent] == [-5]
    assert "one person at a time" in bot_api.sent[0]["text"]
    assert not Subscriber.objects.exists()


def test_the_bot_speaks_the_language_of_the_phone_until_one_is_chosen(bot_api, client, settings, tmp_path):
    translated(tmp_path, "fr", {"Welcome": "Bienvenue"})
    translated(tmp_path, "es", {"May we send you messages?": "¿Podemos enviarle mensajes?", "You have left": "Se fue"})
    settings.LOCALE_PATHS = [tmp_path]
    phone = Phone(bot_api, client, language="fr-CA")

    phone.writes("/start")
    assert "Bienvenue" in phone.text
    phone.presses("Español")
    assert "¿Podemos" in phone.text
    phone.sends_back(f"join:es::{mark(Purpose.MESSAGES)}").writes("/stop")
    assert "Se fue" in phone.text


def translated(directory, language, texts):
    """A compiled catalogue with nothing but these texts."""
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.extend(polib.POEntry(msgid=source, msgstr=text) for source, text in texts.items())
    target = directory / language / "LC_MESSAGES"
    target.mkdir(parents=True)
    catalogue.save_as_mofile(str(target / "django.mo"))


# Staff


@pytest.fixture
def editor():
    roles.ensure()
    user = User.objects.create_user("editor")
    user.groups.add(Role.objects.get(name=roles.EDITORS))
    return user


# What somebody who joined can change, see and take away


def test_the_language_alone_is_changed(joined):
    joined.writes("/language")
    assert "✓ English" in joined.buttons

    joined.presses("Español")

    assert Subscriber.objects.get().language == "es"
    assert Consent.objects.count() == 1


def test_topics_and_how_often_are_changed_without_the_other_questions(joined):
    joined.writes("/topics").presses("Rights").presses("Done").presses("At most one a week")

    subscriber = Subscriber.objects.get()
    assert [choice.topic for choice in subscriber.topics.all()] == ["rights"]
    assert subscriber.frequency == "weekly"
    assert any(text in joined.text for text in in_every_language("Noted. Send /help to see what else you can change."))


def test_what_was_agreed_to_is_shown_in_its_words_and_changed_each_by_itself(joined):
    joined.writes("/privacy")
    assert words("messages") in joined.text
    assert "✗ " + words("click_tracking") in joined.text

    joined.presses("You may record my links")
    assert Subscription.objects.get().allows_click_tracking
    assert "✓ " + words("click_tracking") in joined.text

    joined.presses("Do not record my links")
    assert not Subscription.objects.get().allows_click_tracking
    said = Consent.objects.filter(purpose="click_tracking").order_by("pk").values_list("granted", flat=True)
    assert list(said) == [True, False]


def test_a_gender_is_said_with_its_consent_and_forgotten_with_it(joined):
    joined.writes("/privacy").presses("You may count my gender").presses("Woman")
    assert Subscriber.objects.get().gender == "woman"
    assert Subscription.objects.get().allows_gender_statistics

    joined.presses("Forget my gender")

    assert Subscriber.objects.get().gender == ""
    assert not Subscription.objects.get().allows_gender_statistics


def test_everything_that_is_kept_is_shown(joined):
    joined.presses("Student or teacher")

    joined.writes("/mydata")

    said, file = joined.messages[-2:]
    assert all(text in said["text"] for text in [str(CHAT), "poster-1", "Student or teacher", "2026.1", "English"])
    assert len(said["text"]) < 4096
    with override("en"):
        whole = personal_data.document(subscriber=Subscriber.objects.get())
    assert file["document"]["name"] == "my-data.json"
    assert json.loads(b64decode(file["document"]["address"].partition("base64,")[2])) == whole
    assert {"about", "consents", "forms", "messages", "events", "soft_bounces", "suppressions"} <= set(whole)
    assert [entry["words"] for entry in whole["consents"]] == [words("messages")]


def test_whoever_is_not_known_gets_no_file(phone):
    phone.writes("/mydata")

    assert [method for method, _chat in phone.bot_api.calls if method == "senddocument"] == []


def test_erasing_is_asked_once_more_and_then_leaves_nothing(joined):
    joined.writes("/erase").presses("No, keep it")
    assert Subscriber.objects.count() == 1

    joined.writes("/erase").presses("Yes, erase me")

    assert not Subscriber.objects.exists()
    assert not Subscription.objects.exists()
    assert not Consent.objects.exists()
    assert list(Suppression.objects.values_list("reason", flat=True)) == ["erased"]
    assert joined.bot_api.calls[-1][0] == "answercallbackquery", "nothing is written into the chat any more"
    joined.writes("/mydata")
    assert any(text in joined.text for text in in_every_language("We keep nothing about this chat."))


def test_who_was_erased_can_join_again(joined):
    joined.writes("/erase").presses("Yes, erase me")

    joined.writes("/start").presses("English").presses("Yes, send me messages")

    assert Subscription.objects.get().state == "active"


@pytest.mark.parametrize("command", ["/language", "/topics", "/privacy", "/mydata", "/erase"])
def test_a_stranger_who_asks_for_what_is_kept_changes_nothing(phone, command):
    phone.writes(command)

    assert not Subscriber.objects.exists()
    assert not phone.message["keyboard"]


@pytest.mark.parametrize(
    "data",
    [
        "allow:messages:0",
        "allow:open_tracking:1",
        "allow:click_tracking:2",
        "allow:click_tracking",
        "often:daily",
        "often:",
        "topic!:rights",
        "group!:worker",
        "erase!:",
        "!:",
        "gender!:nobody",
    ],
)
def test_a_button_about_privacy_that_we_never_made_changes_nothing(joined, data):
    before = state()

    joined.sends_back(data)

    assert state() == before


def test_a_staff_link_binds_the_chat_for_tests_and_makes_no_subscriber(phone, editor):
    payload = start_payload(user=editor, now=NOW)

    phone.writes(f"/start {payload}")

    assert decrypt(TestChat.objects.get(user=editor).address_encrypted) == str(CHAT)
    assert "Test messages" in phone.text
    assert not Subscriber.objects.exists()


def test_a_staff_link_fits_what_telegram_lets_through(editor):
    editor.pk = 9_999_999_999
    payload = start_payload(user=editor, now=datetime(2286, 1, 1, tzinfo=UTC))

    assert len(payload) <= 64
    assert all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in payload)


def test_a_staff_link_is_good_for_an_hour(phone, editor):
    payload = start_payload(user=editor, now=NOW - LASTS - timedelta(seconds=1))

    phone.writes(f"/start {payload}")

    assert not TestChat.objects.exists()
    assert "too old or not complete" in phone.text


def test_a_staff_link_with_any_letter_changed_binds_nothing(editor):
    payload = start_payload(user=editor, now=NOW)

    for place in range(len(payload)):
        changed = payload[:place] + ("0" if payload[place] != "0" else "1") + payload[place + 1 :]
        with pytest.raises(BindingRefused):
            bind(payload=changed, chat=CHAT, now=NOW)


def test_a_staff_link_of_somebody_who_may_not_work_here_binds_nothing(editor):
    payload = start_payload(user=editor, now=NOW)
    editor.groups.clear()

    with pytest.raises(BindingRefused):
        bind(payload=payload, chat=CHAT, now=NOW)


def test_binding_again_moves_the_tests_to_the_new_chat(editor):
    payload = start_payload(user=editor, now=NOW)

    for chat in (1, 2):
        bind(payload=payload, chat=chat, now=NOW)

    assert decrypt(TestChat.objects.get().address_encrypted) == "2"
