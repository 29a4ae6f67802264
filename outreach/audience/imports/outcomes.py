"""What becomes of the rows of a list: the same rules in a trial and when it is carried out.

Who left, was stopped or is suppressed stays so. Of somebody who is active, what they declared can change if the officer
wants it, and never a consent.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.audience.choices import ChannelName, Gender
from outreach.audience.models import Subscription, Suppression, TopicChoice

from .people import Person, Reason, Refused

State = Subscription.State
DECLARED = ("language", "group", "parish")


class Outcome(models.TextChoices):
    """What becomes of one row."""

    NEW = "new", _("New")
    UPDATE = "update", _("Changed")
    UNCHANGED = "unchanged", _("Known, nothing changes")
    WAITING = "waiting", _("Known, has not confirmed yet")
    SUPPRESSED = "suppressed", _("Must not be written to")
    LEFT = "left", _("Left before")
    STOPPED = "stopped", _("Stopped before")
    DUPLICATE = "duplicate", _("Twice in the file")
    INVALID = "invalid", _("Not valid")


REFUSED_AS = {
    Reason.SUPPRESSED: Outcome.SUPPRESSED,
    Reason.LEFT: Outcome.LEFT,
    Reason.STOPPED: Outcome.STOPPED,
    Reason.DUPLICATE: Outcome.DUPLICATE,
}
"""What a reason counts as, if not as invalid."""
ENDED = {State.LEFT.value: Reason.LEFT, State.STOPPED.value: Reason.STOPPED}


@dataclass
class Change:
    """What is new about somebody who is known; ``topics`` are ``None`` where they stay."""

    subscriber: int
    fields: dict[str, str]
    topics: tuple[str, ...] | None


@dataclass
class Sorted:
    """The rows of a chunk by what becomes of them."""

    new: list[Person] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def refuse(self, refused: Refused) -> None:
        """Leave a row out."""
        self.refused.append(refused)
        self.counts[REFUSED_AS.get(refused.reason, Outcome.INVALID).value] += 1


def sort(rows: Iterable[Person | Refused], *, seen: set[bytes], column: int, updates: bool) -> Sorted:
    """Decide about each row of a chunk; adds its people to ``seen``, in which those further up in the file are.

    ``column`` is the place of the address. Three queries at most.
    """
    found, people = Sorted(), []
    for row in rows:
        if isinstance(row, Refused):
            found.refuse(row)
        elif note(row, seen):
            people.append(row)
        else:
            found.refuse(Refused(row.row, column, Reason.DUPLICATE))
    known = _known([person.digest for person in people])
    suppressed = _suppressed([person.digest for person in people])
    topics = _topics(known.values()) if updates else {}
    for person in people:
        subscription = known.get(person.digest)
        if person.digest in suppressed:
            found.refuse(Refused(person.row, column, Reason.SUPPRESSED))
        elif subscription is None:
            found.new.append(person)
            found.counts[Outcome.NEW.value] += 1
        elif subscription.state in ENDED:
            found.refuse(Refused(person.row, column, ENDED[subscription.state]))
        elif subscription.state == State.PENDING:
            found.counts[Outcome.WAITING.value] += 1
        else:
            _compare(found, person, subscription, topics, updates)
    return found


def note(person: Person, seen: set[bytes]) -> bool:
    """Add somebody to ``seen``; whether they were not there yet. Half of a hash is enough to tell 200,000 apart."""
    mark = bytes.fromhex(person.digest[:32])
    is_first = mark not in seen
    seen.add(mark)
    return is_first


def _compare(
    found: Sorted, person: Person, subscription: Subscription, topics: dict[int, set[str]], updates: bool
) -> None:
    change = _change(person, subscription, topics.get(subscription.subscriber_id, set())) if updates else None
    if change is None:
        found.counts[Outcome.UNCHANGED.value] += 1
    else:
        found.changes.append(change)
        found.counts[Outcome.UPDATE.value] += 1


def _change(person: Person, subscription: Subscription, had: set[str]) -> Change | None:
    """What the row says otherwise than we know; a gender only where the person agreed that it is counted."""
    subscriber = subscription.subscriber
    said = {name: getattr(person, name) for name in DECLARED}
    if subscription.allows_gender_statistics or person.gender == Gender.UNDISCLOSED:
        said["gender"] = person.gender
    fields = {name: value for name, value in said.items() if value and value != getattr(subscriber, name)}
    topics = person.topics if person.topics is not None and set(person.topics) != had else None
    if not fields and topics is None:
        return None
    return Change(subscriber.pk, fields, topics)


def _known(digests: Sequence[str]) -> dict[str, Subscription]:
    found = Subscription.objects.filter(channel=ChannelName.EMAIL, address_hash__in=digests)
    return {each.address_hash: each for each in found.select_related("subscriber").defer("address_encrypted")}


def _suppressed(digests: Sequence[str]) -> set[str]:
    found = Suppression.objects.filter(channel=ChannelName.EMAIL, address_hash__in=digests)
    return set(found.values_list("address_hash", flat=True))


def _topics(known: Iterable[Subscription]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    chosen = TopicChoice.objects.filter(subscriber__in=[each.subscriber_id for each in known])
    for subscriber, topic in chosen.values_list("subscriber", "topic"):
        found.setdefault(subscriber, set()).add(topic)
    return found
