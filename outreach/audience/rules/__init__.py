"""A segment's rule: what it may say, and the query, the plain reading and the words that it stands for.

A rule is JSON: ``{"all": [...]}``, ``{"any": [...]}``, ``{"not": rule}``, or one test. ``{"all": []}`` is everybody. A
test is one of

* ``{"field": "group", "in": ["worker"]}`` on what has values: language, group, gender, topic, parish, channel, source.
  One on ``topic`` also takes those who chose no topic, because choosing none means wanting all; one on ``channel``
  takes those with an active subscription on it;
* ``{"field": "joined", "from": "2026-06-01", "to": "2026-06-30"}``, days of the office, both included, either left out;
* ``{"field": "joined", "within": 30}``, and the same of ``active``: on the day of the office on which the rule is read
  or on one of so many days before.

Fields are a closed list, and nothing of a rule ever becomes SQL but as a parameter.
"""

from .fields import CHOICES, TIMES, allowed_values
from .plain import Person, matches
from .query import as_query
from .validation import MOST_DAYS, MOST_DEPTH, MOST_TESTS, validate_rule
from .words import clauses, in_words
from .writing import EVERYBODY, Rule, fields_of

__all__ = [
    "CHOICES",
    "EVERYBODY",
    "MOST_DAYS",
    "MOST_DEPTH",
    "MOST_TESTS",
    "TIMES",
    "Person",
    "Rule",
    "allowed_values",
    "as_query",
    "clauses",
    "fields_of",
    "in_words",
    "matches",
    "validate_rule",
]
