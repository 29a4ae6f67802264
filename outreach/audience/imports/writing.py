"""Writes a chunk of a list: people who are new, and what changed about those who are known.

Call within a transaction. Somebody whose consent is proven is active at once, with the consents in the ledger; anybody
else waits for the mail that asks them, as if they had filled in the form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.audience.addresses import encrypt
from outreach.audience.choices import ChannelName, Gender, Purpose
from outreach.audience.models import Consent, JoinRequest, Subscriber, Subscription, TopicChoice
from outreach.audience.wording import current_version

from .declared import Declaration
from .outcomes import Change, Sorted
from .people import Person

MAILS_PER_SECOND = 10
"""How fast people are asked to confirm: slowly enough that no broadcast waits and no mail server takes offence."""
UNCOUNTED = {Gender.NOT_ASKED.value, Gender.UNDISCLOSED.value}


@dataclass(frozen=True)
class Writer:
    """Writes for one import. ``versions`` are the wordings that its proof covers, ``evidence`` where the proof is.

    ``mails_from`` is when (UTC) the first of its people is asked to confirm.
    """

    declared: Declaration
    versions: Mapping[str, str]
    evidence: str
    actor: int | None
    mails_from: datetime
    now: datetime

    def write(self, found: Sorted, *, before: int) -> None:
        """Write a chunk; ``before`` people of this list were new before it."""
        if found.new:
            self._add(found.new, before)
        if found.changes:
            _apply(found.changes)

    def _add(self, people: Sequence[Person], before: int) -> None:
        subscribers = Subscriber.objects.bulk_create(self._subscriber(person) for person in people)
        numbers = [subscriber.pk for subscriber in subscribers]
        subscriptions = Subscription.objects.bulk_create(
            self._subscription(person, number) for person, number in zip(people, numbers, strict=True)
        )
        TopicChoice.objects.bulk_create(
            TopicChoice(subscriber_id=number, topic=topic)
            for person, number in zip(people, numbers, strict=True)
            if self.declared.proven
            for topic in person.topics or ()
        )
        if self.declared.proven:
            Consent.objects.bulk_create(
                self._consent(person, number, purpose)
                for person, number in zip(people, numbers, strict=True)
                for purpose in self._purposes(person)
            )
        else:
            JoinRequest.objects.bulk_create(
                self._request(person, subscription.pk, before + place)
                for place, (person, subscription) in enumerate(zip(people, subscriptions, strict=True))
            )

    def _subscriber(self, person: Person) -> Subscriber:
        language = person.language or self.declared.language
        if not self.declared.proven:
            return Subscriber(language=language, source=self.declared.source, joined_at=self.now, active_at=self.now)
        return Subscriber(
            language=language,
            group=person.group,
            gender=self._gender(person),
            parish=person.parish,
            source=self.declared.source,
            joined_at=person.given_at or self.now,
            # What we know of them starts today, so that nobody is removed as long inactive at once.
            active_at=self.now,
        )

    def _subscription(self, person: Person, subscriber: int) -> Subscription:
        subscription = Subscription(
            subscriber_id=subscriber,
            channel=ChannelName.EMAIL,
            address_encrypted=encrypt(person.address),
            address_hash=person.digest,
        )
        if self.declared.proven:
            subscription.state = Subscription.State.ACTIVE
            subscription.confirmed_at = person.given_at or self.now
            for purpose in self._purposes(person):
                setattr(subscription, f"allows_{purpose}", True)
        return subscription

    def _gender(self, person: Person) -> str:
        """A gender only with the consent to count it; not wanting to say needs none."""
        is_kept = person.gender in UNCOUNTED or Purpose.GENDER_STATISTICS in self.versions
        return person.gender if is_kept else Gender.NOT_ASKED.value

    def _purposes(self, person: Person) -> list[str]:
        """What the person's proof covers; that of counting a gender only with a gender to count."""
        is_counted = person.gender not in UNCOUNTED
        return [purpose for purpose in self.versions if purpose != Purpose.GENDER_STATISTICS or is_counted]

    def _consent(self, person: Person, subscriber: int, purpose: str) -> Consent:
        return Consent(
            subscriber_id=subscriber,
            channel=ChannelName.EMAIL,
            purpose=purpose,
            granted=True,
            wording_version=self.versions[purpose],
            language=person.language or self.declared.language,
            given_at=person.given_at or self.now,
            method=Consent.Method.IMPORT,
            actor_id=self.actor,
            evidence=self.evidence,
        )

    def _request(self, person: Person, subscription: int, place: int) -> JoinRequest:
        return JoinRequest(
            subscription_id=subscription,
            language=person.language or self.declared.language,
            group=person.group,
            gender=person.gender if person.gender in UNCOUNTED else Gender.NOT_ASKED.value,
            parish=person.parish,
            topics=list(person.topics or ()),
            wording_versions={Purpose.MESSAGES.value: current_version(Purpose.MESSAGES)},
            method=Consent.Method.IMPORT,
            asked_at=self.now,
            due_at=self.mails_from + timedelta(seconds=place / MAILS_PER_SECOND),
        )


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
