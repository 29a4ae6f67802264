"""Rules of every kind, and people for them."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from outreach.audience.choices import Gender, Group, Parish
from outreach.audience.rules import Person, allowed_values

SOURCES = ("", "site", "clinic-roseau", "radio")


def values_of(field):
    return st.lists(st.sampled_from(allowed_values(field) or SOURCES), max_size=4, unique=True)


CHOICE = st.sampled_from(["language", "group", "gender", "topic", "parish", "channel", "source"]).flatmap(
    lambda field: values_of(field).map(lambda values: {"field": field, "in": values})
)
DAY = st.dates(date(2026, 9, 1), date(2026, 12, 31)).map(date.isoformat)
SPAN = st.tuples(DAY, DAY).map(sorted)
TIME = st.one_of(
    st.builds(
        lambda field, days: {"field": field, "within": days}, st.sampled_from(["joined", "active"]), st.integers(1, 60)
    ),
    SPAN.map(lambda days: {"field": "joined", "from": days[0], "to": days[1]}),
    DAY.map(lambda day: {"field": "joined", "from": day}),
    DAY.map(lambda day: {"field": "joined", "to": day}),
)
RULE = st.recursive(
    CHOICE | TIME,
    lambda part: (
        st.lists(part, max_size=3).map(lambda parts: {"all": parts})
        | st.lists(part, max_size=3).map(lambda parts: {"any": parts})
        | part.map(lambda negated: {"not": negated})
    ),
    max_leaves=8,
)

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
OFFICE = ZoneInfo("America/Dominica")
LANGUAGES, TOPICS = ("en", "ht", "acf"), ("work", "rights", "data")
PEOPLE = 60


def midnight(day):
    return datetime(2026, 11, day, tzinfo=OFFICE).astimezone(UTC)


EDGES = [midnight(day) + step for day in (21, 22, 23) for step in (-timedelta(microseconds=1), timedelta(0))]
"""The last and the first moment of a day of the office, where a rule on days may be wrong by one."""


def moment(chance):
    return chance.choice([*EDGES, NOW - timedelta(days=chance.random() * 90)])


def people():
    """As many and as different as the rules are, the same each time."""
    chance = random.Random(6)
    for _number in range(PEOPLE):
        yield Person(
            joined=moment(chance),
            active=moment(chance),
            language=chance.choice(LANGUAGES),
            group=chance.choice(Group.values),
            gender=chance.choice(Gender.values),
            parish=chance.choice(Parish.values),
            source=chance.choice(SOURCES),
            topics=frozenset(chance.sample(TOPICS, chance.choice([0, 0, 1, 2]))),
            channels=frozenset(chance.choice([(), ("email",), ("telegram",), ("email", "telegram")])),
        )
