"""What the ledger grants, how many agreed to which words, and flags that went astray."""

from io import StringIO

import pytest
from django.core.management import call_command

from outreach.audience.consents import record
from outreach.audience.granted import Agreed, Difference, agreed_to, differences
from outreach.audience.models import Subscription

pytestmark = pytest.mark.django_db


def check(*options):
    printed = StringIO()
    call_command("check_consents", *options, stdout=printed)
    return printed.getvalue()


def test_flags_that_agree_with_the_ledger_are_passed(confirmed):
    confirmed()

    assert check() == "0 flags differ from the ledger\n"


@pytest.mark.parametrize(
    ("flag", "on", "said"),
    [
        ("allows_messages", False, "the flag is off, the ledger grants messages"),
        ("allows_open_tracking", True, "the flag is on, the ledger does not grant open_tracking"),
    ],
)
def test_a_flag_that_went_astray_is_named_and_set_right(confirmed, capsys, flag, on, said):
    subscription = confirmed()
    confirmed(address="eva@example.org")
    Subscription.objects.filter(pk=subscription.pk).update(**{flag: on})

    with pytest.raises(SystemExit) as ended:
        call_command("check_consents")
    assert ended.value.code == 1
    assert f"subscription {subscription.pk}: {said}\n1 flags differ" in capsys.readouterr().out

    assert check("--mend").endswith("1 flags set to what the ledger grants\n")
    assert not list(differences())
    assert getattr(Subscription.objects.get(pk=subscription.pk), flag) is not on


def test_a_consent_on_one_channel_is_none_on_another(joins):
    chat = joins(channel="telegram", address="7", method="bot")
    mail = joins()
    Subscription.objects.filter(pk=mail.pk).update(subscriber=chat.subscriber, allows_messages=True)

    assert list(differences()) == [Difference(mail.pk, "messages", False)]


def test_people_are_counted_by_the_words_that_they_agreed_to_and_still_do(joins, now):
    people = [joins(channel="telegram", address=str(number), method="bot") for number in range(1, 5)]

    def says(subscription, *, granted=True, version="2026.1"):
        record(
            subscription=subscription,
            purpose="messages",
            granted=granted,
            language="en",
            method="bot",
            now=now,
            wording_version=version,
        )

    says(people[0], version="2026.2")
    says(people[1], granted=False)
    says(people[2], granted=False)
    says(people[2])

    assert agreed_to() == {("messages", "2026.1"): Agreed(4, 2), ("messages", "2026.2"): Agreed(1, 1)}
