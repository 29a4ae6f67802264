"""A rule as a condition for the database."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from .fields import TIMES
from .writing import Rule, day_begins, days_of


def as_query(rule: Rule, *, now: datetime, prefix: str = "") -> Q:
    """The rule, read at ``now`` (UTC), as a condition on a subscriber, without joins that would repeat rows.

    ``prefix`` leads from the queried model to the subscriber: ``"subscriber__"`` for a subscription.
    """
    if "all" in rule:
        query = ~Q(pk__in=[])
        for part in rule["all"]:
            query &= as_query(part, now=now, prefix=prefix)
        return query
    if "any" in rule:
        query = Q(pk__in=[])
        for part in rule["any"]:
            query |= as_query(part, now=now, prefix=prefix)
        return query
    if "not" in rule:
        return ~as_query(rule["not"], now=now, prefix=prefix)
    return _test(rule, now, prefix)


def _test(test: Rule, now: datetime, prefix: str) -> Q:
    field = test["field"]
    if field == "topic":
        return _topic_query(test["in"], prefix)
    if field == "channel":
        return _channel_query(test["in"], prefix)
    if field in TIMES:
        return _time_query(test, now, prefix)
    return Q(**{f"{prefix}{field}__in": test["in"]})


def _topic_query(topics: list[str], prefix: str) -> Q:
    from outreach.audience.models import TopicChoice

    # Nobody who chose topics, but none of these: two anti-joins, where "chose one of these, or none at all" would look
    # for each person's choices twice.
    of_these = TopicChoice.objects.filter(subscriber=OuterRef("subscriber"), topic__in=topics)
    others = TopicChoice.objects.filter(~Exists(of_these), subscriber=OuterRef(f"{prefix}pk"))
    return ~Q(Exists(others))


def _channel_query(channels: list[str], prefix: str) -> Q:
    from outreach.audience.models import Subscription

    active = Subscription.objects.filter(subscriber=OuterRef(f"{prefix}pk"), state=Subscription.State.ACTIVE)
    return Q(Exists(active.filter(channel__in=channels)))


def _time_query(test: Rule, now: datetime, prefix: str) -> Q:
    column = f"{prefix}{TIMES[test['field']]}"
    first, last = days_of(test, now=now)
    query = Q()
    if first is not None:
        query &= Q(**{f"{column}__gte": day_begins(first)})
    if last is not None:
        query &= Q(**{f"{column}__lt": day_begins(last + timedelta(days=1))})
    return query
