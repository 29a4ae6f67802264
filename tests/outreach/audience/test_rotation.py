"""The key of the addresses is turned over while people join and leave; nothing is lost, and hashes stay."""

import threading
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from outreach.audience import rotation
from outreach.audience.addresses import address_hash, encrypt, is_newest
from outreach.audience.models import Import, ImportPart, KeyedSecret, Subscriber, Subscription
from outreach.audience.rotation import rotate, standing
from outreach.audience.subscriptions import join

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
HASH = {"channel": "email", "address": "0@example.org"}


@pytest.fixture
def keys(settings):
    """Puts keys in use, the newest first."""

    def use(*keys: str) -> None:
        settings.FIELD_ENCRYPTION_KEY = list(keys)

    use(OLD)
    return use


def people(number: int) -> list[str]:
    """That many subscribers; every second address is as older versions wrote it."""
    addresses = [f"{each}@example.org" for each in range(number)]
    for each, address in enumerate(addresses):
        as_before = Fernet(OLD).encrypt(address.encode()).decode()
        Subscription.objects.create(
            subscriber=Subscriber.objects.create(language="en"),
            channel="email",
            address_encrypted=as_before if each % 2 else encrypt(address),
            address_hash=address_hash(channel="email", address=address),
        )
    return addresses


def part() -> ImportPart:
    return ImportPart.objects.create(
        of=Import.objects.create(file_name="a.csv"), number=1, content=encrypt("a,b").encode()
    )


@pytest.mark.django_db
def test_everything_is_read_under_the_new_key_alone_after_that(keys):
    addresses, hashed, content = people(5), address_hash(**HASH), part()
    keys(NEW, OLD)

    assert all(each.is_done for each in rotate())

    keys(NEW)
    assert sorted(each.address for each in Subscription.objects.all()) == addresses
    content.refresh_from_db()
    assert is_newest(bytes(content.content).decode())
    assert address_hash(**HASH) == hashed, "the list of suppressed addresses still fits"
    assert KeyedSecret.objects.count() == 1


@pytest.mark.django_db
def test_a_second_turn_writes_nothing(keys):
    people(3)
    keys(NEW, OLD)
    rotate()
    before = list(Subscription.objects.order_by("pk").values_list("address_encrypted", flat=True))

    rotate()

    assert list(Subscription.objects.order_by("pk").values_list("address_encrypted", flat=True)) == before


@pytest.mark.django_db
def test_what_was_broken_off_is_taken_up(keys, monkeypatch):
    people(6)
    keys(NEW, OLD)
    monkeypatch.setattr(rotation, "BATCH", 2)

    class Killed(Exception):
        pass

    def stop(at: rotation.Standing) -> None:
        if at.newest == 4:
            raise Killed

    with pytest.raises(Killed):
        rotate(tell=stop)
    assert _of(Subscription).older == 2

    assert all(each.is_done for each in rotate())


@pytest.mark.django_db
def test_an_address_that_somebody_changes_meanwhile_keeps_what_they_wrote(keys):
    people(1)
    keys(NEW, OLD)
    row = Subscription.objects.get()
    changes = [(encrypt("0@example.org"), row.pk, row.address_encrypted)]
    Subscription.objects.update(address_encrypted=encrypt("moved@example.org"))

    rotation._write(rotation.Kept(Subscription, "address_encrypted"), changes)

    assert Subscription.objects.get().address == "moved@example.org"


@pytest.mark.django_db
def test_a_row_under_a_key_that_is_lost_is_left_as_it_is_and_told(keys):
    people(2)
    lost = Fernet(Fernet.generate_key()).encrypt(b"x@example.org").decode()
    Subscription.objects.filter(pk=Subscription.objects.first().pk).update(address_encrypted=lost)
    keys(NEW, OLD)

    rotate()

    assert (_of(Subscription).newest, _of(Subscription).unreadable) == (1, 1)
    assert Subscription.objects.filter(address_encrypted=lost).exists()


@pytest.mark.django_db
def test_the_command_checks_turns_over_and_checks_again(keys):
    people(3)
    keys(NEW, OLD)
    said = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("rotate_key", check=True, stdout=said)
    assert ended.value.code == 1
    assert "outreach.subscription.address_encrypted: 0 under the newest key, 3 under an older one" in said.getvalue()
    assert _of(Subscription).older == 3, "looking changes nothing"

    call_command("rotate_key", stdout=StringIO())
    call_command("rotate_key", check=True, stdout=said)
    assert "older ones can be taken out" in said.getvalue()
    assert "@" not in said.getvalue()


@pytest.mark.django_db
def test_the_command_fails_while_a_row_can_not_be_read(keys):
    people(1)
    keys(NEW)
    KeyedSecret.objects.all().delete()

    with pytest.raises(SystemExit):
        call_command("rotate_key", stdout=StringIO(), stderr=StringIO())


@pytest.mark.django_db(transaction=True)
def test_people_join_while_the_key_is_turned_over(keys, monkeypatch, now):
    addresses = people(20)
    keys(NEW, OLD)
    monkeypatch.setattr(rotation, "BATCH", 3)
    failures: list[Exception] = []

    def joining() -> None:
        try:
            for number in range(100, 110):
                chat = {"channel": "telegram", "address": str(number), "language": "en", "method": "bot", "now": now}
                join(**chat, purposes=frozenset({"messages"}))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=joining)
    other.start()
    rotate()
    other.join()

    assert failures == []
    assert all(each.is_done for each in standing())
    keys(NEW)
    known = {each.address for each in Subscription.objects.all()}
    assert known == {*addresses, *map(str, range(100, 110))}


def _of(model: type) -> rotation.Standing:
    return next(each for each in standing() if each.kept.model is model)
