"""Rules of every kind, and people for them."""

from datetime import date

from hypothesis import strategies as st

from outreach.audience.rules import allowed_values

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
