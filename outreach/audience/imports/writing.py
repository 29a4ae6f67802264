"""Writes a chunk of a list: people who are new, and what changed about those who are known.

Call within a transaction. Somebody whose consent is proven is active at once, with the consents in the ledger; anybody
else waits for the mail that asks them, as if they had filled in the form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.audience.addresses import encrypt
from outreach.audience.choices import ChannelName, Frequency, Gender, Purpose
from outreach.audience.models import Consent, JoinRequest, Subscriber, Subscription, TopicChoice

from .bulk import Row, insert, reserve, written
from .declared import Declaration
from .outcomes import Change, Sorted
from .people import Person

State = Subscription.State
MAILS_PER_SECOND = 10
"""How fast people are asked to confirm: slowly enough that no broadcast waits and no mail server takes offence."""
UNCOUNTED = {Gender.NOT_ASKED.value, Gender.UNDISCLOSED.value}


@dataclass(frozen=True)
class Writer:
    """Writes for one import. ``versions`` are the wordings that its proof covers, ``evidence`` where the proof is.

    ``actor`` and ``actor_name`` are the officer's number and name. ``mails_from`` is when (UTC) the first of its people
    is asked to confirm, and ``asked_version`` the words that they agree to by it.
    """

    declared: Declaration
    versions: Mapping[str, str]
    evidence: str
    actor: int | None
    actor_name: str
    mails_from: datetime
    asked_version: str
    now: datetime

    def write(self, found: Sorted, *, before: int) -> None:
        """Write a chunk; ``before`` people of this list were new before it."""
        if found.new:
            self._add(found.new, before)
        if found.changes:
            _apply(found.changes)

    def _add(self, people: Sequence[Person], before: int) -> None:
        """One statement for each table."""
        numbers = reserve(Subscriber, len(people))
        subscriptions = reserve(Subscription, len(people))
        pairs = list(zip(people, numbers, strict=True))
        insert(Subscriber, [self._subscriber(person, number) for person, number in pairs])
        insert(
            Subscription,
            [
                self._subscription(person, number, own)
                for (person, number), own in zip(pairs, subscriptions, strict=True)
            ],
        )
        if self.declared.proven:
            insert(Consent, [row for person, number in pairs for row in self._consents(person, number)])
            topics = [{"subscriber_id": number, "topic": topic} for who, number in pairs for topic in who.topics or ()]
            insert(TopicChoice, topics)
        else:
            insert(
                JoinRequest,
                [
                    self._request(person, own, before + place)
                    for place, (person, own) in enumerate(zip(people, subscriptions, strict=True))
                ],
            )

    def _subscriber(self, person: Person, number: int) -> Row:
        """What waits for a confirmation stands in the request alone."""
        is_proven = self.declared.proven
        return {
            "id": number,
            "language": person.language or self.declared.language,
            "group": person.group if is_proven else "",
            "gender": self._gender(person) if is_proven else "",
            "parish": person.parish if is_proven else "",
            "frequency": Frequency.EVERY,
            "source": self.declared.source,
            "joined_at": self._given_at(person),
            # What we know of them starts today, so that nobody is removed as long inactive at once.
            "active_at": written(self.now),
            "is_demo": False,
        }

    def _subscription(self, person: Person, subscriber: int, number: int) -> Row:
        is_proven = self.declared.proven
        purposes = self._purposes(person)
        return {
            "id": number,
            "subscriber_id": subscriber,
            "channel": ChannelName.EMAIL,
            "address_encrypted": encrypt(person.address),
            "address_hash": person.digest,
            "state": State.ACTIVE if is_proven else State.PENDING,
            **{f"allows_{purpose}": purpose in purposes for purpose in Purpose.values},
            "confirmed_at": self._given_at(person) if is_proven else None,
        }

    def _given_at(self, person: Person) -> str:
        return written(person.given_at or self.now)

    def _gender(self, person: Person) -> str:
        """A gender only with the consent to count it; not wanting to say needs none."""
        is_kept = person.gender in UNCOUNTED or Purpose.GENDER_STATISTICS in self.versions
        return person.gender if is_kept else Gender.NOT_ASKED.value

    def _purposes(self, person: Person) -> list[str]:
        """What the person's proof covers; that of counting a gender only with a gender to count."""
        is_counted = person.gender not in UNCOUNTED
        return [purpose for purpose in self.versions if purpose != Purpose.GENDER_STATISTICS or is_counted]

    def _consents(self, person: Person, subscriber: int) -> list[Row]:
        return [
            {
                "subscriber_id": subscriber,
                "channel": ChannelName.EMAIL,
                "purpose": purpose,
                "granted": True,
                "wording_version": self.versions[purpose],
                "language": person.language or self.declared.language,
                "given_at": self._given_at(person),
                "recorded_at": written(self.now),
                "method": Consent.Method.IMPORT,
                "actor_id": self.actor,
                "actor_name": self.actor_name,
                "evidence": self.evidence,
            }
            for purpose in self._purposes(person)
        ]

    def _request(self, person: Person, subscription: int, place: int) -> Row:
        return {
            "subscription_id": subscription,
            "language": person.language or self.declared.language,
            "group": person.group,
            "gender": person.gender if person.gender in UNCOUNTED else Gender.NOT_ASKED.value,
            "parish": person.parish,
            "topics": list(person.topics or ()),
            "wording_versions": {Purpose.MESSAGES.value: self.asked_version},
            "method": Consent.Method.IMPORT,
            "asked_at": written(self.now),
            "due_at": written(self.mails_from + timedelta(seconds=place / MAILS_PER_SECOND)),
            "mails": 0,
            "failures": 0,
        }


def _apply(changes: Sequence[Change]) -> None:
    """Change what was declared, with each person's row locked."""
    numbers = [change.subscriber for change in changes]
    people = Subscriber.objects.select_for_update().in_bulk(numbers)
    fields: set[str] = set()
    for change in changes:
        for name, value in change.fields.items():
            setattr(people[change.subscriber], name, value)
            fields.add(name)
    if fields:
        Subscriber.objects.bulk_update(people.values(), sorted(fields), batch_size=100)
    chosen = {change.subscriber: change.topics for change in changes if change.topics is not None}
    TopicChoice.objects.filter(subscriber__in=chosen).delete()
    TopicChoice.objects.bulk_create(
        TopicChoice(subscriber_id=number, topic=topic) for number, topics in chosen.items() for topic in topics
    )
