import pytest
from asgiref.sync import async_to_sync

from outreach.sandbox import stored_inbox, updates
from outreach.sandbox.models import SandboxChat, SandboxMessage, SandboxUpdate
from outreach.sandbox.stored_inbox import StoredInbox

pytestmark = pytest.mark.django_db

MESSAGE = {"text": "<b>Hello</b>\nyou", "parse_mode": "HTML", "reply_markup": {}, "date": 1}


@pytest.fixture
def inbox():
    return StoredInbox()


def keep(inbox, chat: int = 7) -> int:
    return async_to_sync(inbox.keep_message)(chat=chat, message=MESSAGE)


def told(chat: int = 7) -> int:
    return SandboxUpdate.objects.create(chat=chat, payload=updates.written(chat=chat, text="/start")).pk


@pytest.mark.parametrize(
    ("content", "subject"),
    [
        (b"Subject: Hello\r\n\r\nx", "Hello"),
        (b"Subject: =?utf-8?q?Dwa_=C3=A8?=\r\n\r\nx", "Dwa è"),
        (b"Subject: a\x00b\r\n\r\nx", "a b"),
        (b"Subject: \xff\xfe\r\n\r\nx", "\ufffd\ufffd"),
        (b"Subject: " + b"x" * 900 + b"\r\n\r\nx", "x" * 200),
        (b"no mail at all", ""),
        (b"", ""),
    ],
)
def test_every_mail_is_kept_whatever_its_subject(inbox, content, subject):
    async_to_sync(inbox.keep_mail)(receivers=["ana@example.org", "bea@example.org"], content=content)

    kept = list(SandboxMessage.objects.order_by("pk"))
    assert [message.receiver for message in kept] == ["ana@example.org", "bea@example.org"]
    assert [bytes(message.content) for message in kept] == [content, content]
    assert kept[0].subject.replace("?", "\ufffd") == subject


def test_message_is_kept_changed_and_deleted(inbox):
    number = keep(inbox)

    changed = async_to_sync(inbox.change_message)(chat=7, number=number, change={"text": "Bye"})
    assert changed == {**MESSAGE, "text": "Bye"}
    assert async_to_sync(inbox.change_message)(chat=8, number=number, change={}) is None
    assert SandboxMessage.objects.get().subject == "Hello"
    assert async_to_sync(inbox.delete_message)(chat=7, number=number)
    assert not async_to_sync(inbox.delete_message)(chat=7, number=number)


def test_chat_that_was_never_heard_of_is_open(inbox):
    SandboxChat.objects.create(number=8, name="Phone", state=SandboxChat.State.BLOCKED)

    assert async_to_sync(inbox.chat_state)(chat=7) == SandboxChat.State.OPEN
    assert async_to_sync(inbox.chat_state)(chat=8) == SandboxChat.State.BLOCKED


def test_updates_are_given_until_a_later_offset_confirms_them(inbox):
    first, second = told(), told()
    given = async_to_sync(inbox.updates)

    assert [update["update_id"] for update in given(offset=0, limit=100)] == [first, second]
    assert [update["update_id"] for update in given(offset=0, limit=1)] == [first]
    assert [update["update_id"] for update in given(offset=second, limit=100)] == [second]
    assert [update["update_id"] for update in given(offset=0, limit=100)] == [second]
    assert given(offset=second + 1, limit=100) == []


def test_asking_in_vain_writes_nothing(inbox, django_assert_num_queries):
    with django_assert_num_queries(1):
        async_to_sync(inbox.updates)(offset=5, limit=100)


def test_oldest_messages_and_updates_make_room(inbox, monkeypatch):
    monkeypatch.setattr(stored_inbox, "MOST_KEPT", 3)
    monkeypatch.setattr(stored_inbox, "TIDY_EVERY", 1)
    for _ in range(6):
        keep(inbox)
        last = told()
    async_to_sync(inbox.updates)(offset=last, limit=100)

    assert SandboxMessage.objects.count() == 3
    assert list(SandboxUpdate.objects.values_list("pk", flat=True)) == [last - 2, last - 1, last]
