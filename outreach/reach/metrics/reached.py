"""Indicators of reach: what was sent, whom it reached, and how completely gender is known."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .metric import EACH_BROADCAST, EACH_QUARTER, LEDGER, Count, Given, Metric, Share

HEADLINE_COMPLETENESS = Fraction(60, 100)
"""Below this share of people who stated a gender, no female share stands as a headline (our rule)."""

STATED = ("woman", "man", "another")
"""The counts of people who stated a gender; those who preferred not to say answered, but stated none."""

BY_ALL = _("segment and gender; group; language; channel")

ATTEMPTED = Count(
    slug="attempted",
    code="D1",
    name=_("Messages attempted"),
    definition=_(
        "Messages that were handed to a channel, each to one person, after suppressed addresses were left out."
    ),
    formula=_("count of messages that were handed to a channel"),
    unit=_("messages"),
    is_not=_("Not delivered, and not read: activity only."),
    unknown=_("Never unknown: 0 means that nothing was handed over."),
    source=LEDGER,
    limits=_("Says what was done, not what came of it."),
    disaggregation=BY_ALL,
    frequency=EACH_BROADCAST,
    is_core=False,
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
    limits=_("Its meaning differs by channel: always show the basis."),
    disaggregation=BY_ALL,
    frequency=EACH_BROADCAST,
)
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
    limits=_(
        "One person with two addresses that are not linked counts twice. Different people never add up over periods."
    ),
    disaggregation=_("segment and gender; group; language; channel; how many messages"),
    frequency=_("each month, each quarter, and cumulative"),
)
FREQUENCY = Share(
    slug="frequency",
    code="R2",
    name=_("Average frequency"),
    definition=_("Accepted messages for each person reached."),
    formula=_("accepted / people reached"),
    unit=_("messages a person"),
    is_not=_("Not how often somebody read: a message that was accepted may never be looked at."),
    unknown=_("Unknown where nobody was reached."),
    source=LEDGER,
    limits=_("Watch for fatigue: read it together with the unsubscribe and complaint rate."),
    disaggregation=_("segment and gender"),
    frequency=EACH_QUARTER,
    numerator=("accepted",),
    denominator=("people",),
)
COVERAGE = Share(
    slug="coverage",
    code="R3",
    name=_("Segment coverage"),
    definition=_(
        "People reached among the active subscribers on the day of counting. A second figure stands beside it, the "
        "coverage of the group: people reached against the estimated size of the group, where an estimate is cited."
    ),
    formula=_("people reached / active subscribers; beside it people reached / estimated size of the group"),
    unit=_("share of active subscribers"),
    is_not=_("Not the share of a whole population: that is the second figure, which needs a cited estimate."),
    unknown=_("Unknown where nobody is subscribed; the second figure is unknown without a cited estimate."),
    source=_("Delivery ledger and register of subscribers; for the second figure a cited source"),
    limits=_(
        "People who left since are among those reached, so it can pass 100 %. Active subscribers are those of the "
        "whole site, in tens, so the share is told in whole per cent. The second figure always stands with its year "
        "and source."
    ),
    version=2,
    disaggregation=_("segment; gender"),
    frequency=EACH_QUARTER,
    numerator=("people",),
    denominator=("active_subscribers",),
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
    limits=_("Always print the gender completeness beside it."),
    disaggregation=_("segment; channel; language"),
    frequency=EACH_QUARTER,
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
    denominator=("people",),
    limits=_("Below 60 % no female share is a headline (our rule)."),
    disaggregation=_("segment; channel"),
    frequency=EACH_QUARTER,
)
ESTIMATED_AUDIENCE = Given(
    slug="estimated_audience",
    code="R6",
    name=_("Audience of mass media and events (estimate)"),
    definition=_("Audience of radio, posters and events, each by its method: counted, sign-in sheet, or estimate."),
    formula=_("number that was reported, with the grade of its evidence"),
    unit=_("people, estimated"),
    is_not=_("Not people reached by messages, and never added to them."),
    unknown=_("Unknown until somebody enters it with its method and source."),
    source=_("Form of the event, letter of the broadcaster"),
    limits=_("An estimate; it was entered, not counted here."),
    disaggregation=_("channel; gender where it was counted"),
    frequency=_("each event"),
    is_entered=True,
)

REACH: tuple[Metric, ...] = (
    ATTEMPTED,
    DELIVERY_RATE,
    REACHED,
    FREQUENCY,
    COVERAGE,
    FEMALE_SHARE,
    COMPLETENESS,
    ESTIMATED_AUDIENCE,
)
