"""The closed list of what is measured. Each metric is defined here and nowhere else, and every figure leads to it.

A count is a whole number, or ``None`` where nothing is known: unknown is never 0. A share says what is divided by what;
``disclosure.share`` divides, because what is hidden must not be computed either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEFINITIONS_VERSION = "1"
HEADLINE_COMPLETENESS = Fraction(60, 100)
"""Below this share of people who stated a gender, no female share stands as a headline (our rule)."""

STATED = ("woman", "man", "another")
"""The counts of people who stated a gender; those who preferred not to say answered, but stated none."""

Counts = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What a figure means: ``code`` is that of the indicator it serves, ``unknown`` when there is no figure at all."""

    slug: str
    code: str
    name: Promise
    definition: Promise
    formula: Promise
    unit: Promise
    is_not: Promise
    unknown: Promise
    source: Promise
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class Count(Metric):
    """How many there are; unknown where ``known_by``, if it is given, counts nobody who could have been seen."""

    known_by: str = ""

    def value(self, counts: Counts) -> int | None:
        """The count itself."""
        if self.known_by and not counts.get(self.known_by, 0):
            return None
        return counts.get(self.slug, 0)


@dataclass(frozen=True, kw_only=True)
class Share(Metric):
    """A sum of counts divided by another sum of counts; unknown where there is nothing to divide by."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]


LEDGER = _("Delivery ledger")
REDIRECTS = _("Redirects of tracked links")

REACHED = Count(
    slug="people",
    code="R1",
    name=_("People reached"),
    definition=_("Distinct subscribers with at least one accepted message, once across all channels and broadcasts."),
    formula=_("count of distinct subscribers with a message accepted or delivered"),
    unit=_("people"),
    is_not=_("Not people who read it. A person with two addresses that are not linked counts twice."),
    unknown=_("Never unknown: 0 means that no message was accepted."),
    source=LEDGER,
)
ACCEPTED = Count(
    slug="accepted",
    code="D2",
    name=_("Accepted"),
    definition=_("Messages that the receiver's provider took, or reported as delivered. Basis: provider accepted."),
    formula=_("count of messages accepted or delivered"),
    unit=_("messages"),
    is_not=_("Accepted is not delivered, and delivered is not read. A person may get several messages."),
    unknown=_("Never unknown: 0 means that no message was accepted."),
    source=LEDGER,
)
BOUNCED = Count(
    slug="bounced",
    code="D2",
    name=_("Bounced"),
    definition=_("Messages sent back because nobody can be reached at the address."),
    formula=_("count of messages bounced"),
    unit=_("messages"),
    is_not=_("Not every failure: a receiver who blocked us and a refused text are other outcomes."),
    unknown=_("Never unknown. A provider may report a bounce days later."),
    source=LEDGER,
)
UNSUBSCRIBED = Count(
    slug="unsubscribed",
    code="E5",
    name=_("Unsubscribed"),
    definition=_("Accepted messages from which the receiver left. A sign of harm, not of failure."),
    formula=_("count of accepted messages with an unsubscribe"),
    unit=_("messages"),
    is_not=_("Not those who left in the preferences or with the bot, without using a message."),
    unknown=_("Never unknown: leaving needs no consent to be counted."),
    source=_("Unsubscribe links and headers"),
)
CLICKED = Count(
    slug="clicked",
    code="E1",
    name=_("Clicks over personal links"),
    definition=_("Accepted messages in which the receiver followed a link; each counts once, however often."),
    formula=_("count of accepted messages with at least one click that is not a machine's"),
    unit=_("messages"),
    is_not=_("Not every click: people who allow no personal links get shared ones, counted apart and never added."),
    unknown=_("Unknown where nobody reached allows personal links."),
    source=REDIRECTS,
    known_by="trackable",
)
COHORT_CLICKS = Count(
    slug="cohort_clicks",
    code="E1",
    name=_("Clicks over shared links"),
    definition=_("Clicks over links that a cohort shares, so that they name nobody."),
    formula=_("count of clicks over shared links that are not a machine's"),
    unit=_("clicks"),
    is_not=_("Not people: whoever follows a shared link twice counts twice."),
    unknown=_("Unknown where nobody got a shared link."),
    source=REDIRECTS,
    known_by="cohort_size",
)
MACHINE_CLICKS = Count(
    slug="machine_clicks",
    code="E1",
    name=_("Clicks by machines"),
    definition=_("Links followed by a scanner or a preview; left out of every other figure."),
    formula=_("count of accepted messages with a machine's click + machines' clicks over shared links"),
    unit=_("clicks"),
    is_not=_("Not readers. Some machines are not recognised and stand among the people."),
    unknown=_("Never unknown."),
    source=REDIRECTS,
)
DELIVERY_RATE = Share(
    slug="delivery_rate",
    code="D2",
    name=_("Delivery rate"),
    definition=_("Attempted messages that were accepted; these channels give no receipt of delivery."),
    formula=_("accepted / attempted"),
    unit=_("share of attempted messages"),
    is_not=_("Not the share that was read. Its meaning differs by channel."),
    unknown=_("Unknown where nothing was attempted."),
    source=LEDGER,
    numerator=("accepted",),
    denominator=("attempted",),
)
FEMALE_SHARE = Share(
    slug="female_share",
    code="R4",
    name=_("Female share"),
    definition=_("Women among the people reached who stated a gender. Always read it beside its completeness."),
    formula=_("women / (women + men + another gender)"),
    unit=_("share of people who stated a gender"),
    is_not=_("Not the share of women among everybody reached; gender is what a person said, never inferred."),
    unknown=_("Unknown where nobody stated a gender; no headline below 60 % completeness."),
    source=LEDGER,
    numerator=("woman",),
    denominator=STATED,
)
COMPLETENESS = Share(
    slug="completeness",
    code="R5",
    name=_("Gender completeness"),
    definition=_("Share who stated a gender; those who prefer not to say and those not asked are shown apart."),
    formula=_("(women + men + another gender) / all"),
    unit=_("share of all counted"),
    is_not=_("Not the quality of the answers."),
    unknown=_("Unknown where nobody is counted."),
    source=LEDGER,
    numerator=STATED,
    denominator=(*STATED, "undisclosed", "not_asked"),
)
TRACKABLE_SHARE = Share(
    slug="trackable_share",
    code="E1",
    name=_("Personal links allowed"),
    definition=_("Accepted messages whose receiver allows personal links, and can so be seen to click."),
    formula=_("accepted messages with personal links / accepted"),
    unit=_("share of accepted messages"),
    is_not=_("Not interest: it is a choice about privacy."),
    unknown=_("Unknown where no message was accepted."),
    source=LEDGER,
    numerator=("trackable",),
    denominator=("accepted",),
)

METRICS: tuple[Metric, ...] = (
    REACHED,
    ACCEPTED,
    BOUNCED,
    UNSUBSCRIBED,
    CLICKED,
    COHORT_CLICKS,
    MACHINE_CLICKS,
    DELIVERY_RATE,
    FEMALE_SHARE,
    COMPLETENESS,
    TRACKABLE_SHARE,
)
