"""Counts and shares that stand beside an indicator, or that one is computed from."""

from django.utils.translation import gettext_lazy as _

from .metric import BEACON, LEDGER, OUT_TAKE, REDIRECTS, Count, Given, Metric, Share

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
FAILED = Count(
    slug="failed",
    code="D2",
    name=_("Failed without a bounce"),
    definition=_(
        "Messages that were handed to a channel and neither taken nor sent back: the receiver blocked us, the text was "
        "refused, or nobody knows what became of it."
    ),
    formula=_("attempted − accepted − bounced"),
    unit=_("messages"),
    is_not=_("Not a fault of the receiver, and not every message that did not arrive."),
    unknown=_("Never unknown: 0 means that nothing else failed."),
    source=LEDGER,
)
UNSENT = Count(
    slug="unsent",
    code="D1",
    name=_("Never handed over"),
    definition=_("Messages that were lined up and never handed to a channel: cancelled, or their time passed."),
    formula=_("planned − attempted"),
    unit=_("messages"),
    is_not=_("Not a failure of the address."),
    unknown=_("Never unknown: 0 means that everything lined up was handed over."),
    source=LEDGER,
)
MISSED = Count(
    slug="missed",
    code="D2",
    name=_("Not accepted"),
    definition=_(
        "Messages that were lined up for somebody and that no provider took: bounced, failed without a bounce, or "
        "never handed over."
    ),
    formula=_("bounced + failed without a bounce + never handed over"),
    unit=_("messages"),
    is_not=_("Not those who were considered and got no message in the first place: they stand apart, by reason."),
    unknown=_("Never unknown. Hidden where one of its three parts is."),
    source=LEDGER,
)
WITHDRAWN = Count(
    slug="withdrawn",
    code="E5",
    name=_("Left or complained"),
    definition=_(
        "Accepted messages after which the receiver left by it or complained, within the attribution window. A sign of "
        "harm, not of failure."
    ),
    formula=_("count of accepted messages with an unsubscribe or a complaint"),
    unit=_("messages"),
    is_not=_("Not those who left in the preferences or with the bot, without using a message."),
    unknown=_("Never unknown: leaving needs no consent to be counted."),
    source=_("Unsubscribe links and headers, complaints that providers report"),
    level=OUT_TAKE,
)
UNSUBSCRIBED = Count(
    slug="unsubscribed",
    code="E5",
    name=_("Unsubscribed"),
    definition=_(
        "Accepted messages from which the receiver left within the attribution window. A sign of harm, not of failure."
    ),
    formula=_("count of accepted messages with an unsubscribe"),
    unit=_("messages"),
    is_not=_("Not those who left in the preferences or with the bot, without using a message."),
    unknown=_("Never unknown: leaving needs no consent to be counted."),
    source=_("Unsubscribe links and headers"),
    level=OUT_TAKE,
    version=2,
)
CLICKED = Count(
    slug="clicked",
    code="E1",
    name=_("Clicks over personal links"),
    definition=_(
        "Accepted messages in which the receiver followed a link within the attribution window; each counts once."
    ),
    formula=_("count of accepted messages with at least one click that is not a machine's"),
    unit=_("messages"),
    is_not=_("Not every click: people who allow no personal links get shared ones, counted apart and never added."),
    unknown=_("Unknown where nobody reached allows personal links."),
    source=REDIRECTS,
    known_by="trackable",
    level=OUT_TAKE,
    version=2,
)
COHORT_CLICKS = Count(
    slug="cohort_clicks",
    code="E1",
    name=_("Clicks over shared links"),
    definition=_("Clicks within the attribution window over links that a cohort shares, so that they name nobody."),
    formula=_("count of clicks over shared links that are not a machine's"),
    unit=_("clicks"),
    is_not=_("Not people: whoever follows a shared link twice counts twice."),
    unknown=_("Unknown where nobody got a shared link."),
    limits=_(
        "A scanner is recognised only if it follows every link of a message, also the one that nobody sees, within "
        "seconds. A person who follows one in the same seconds may be taken for it."
    ),
    source=REDIRECTS,
    known_by="cohort_size",
    level=OUT_TAKE,
    version=2,
)
MACHINE_CLICKS = Count(
    slug="machine_clicks",
    code="E1",
    name=_("Clicks by machines"),
    definition=_(
        "Links followed by a scanner or a preview within the attribution window; left out of every other figure."
    ),
    formula=_("count of accepted messages with a machine's click + machines' clicks over shared links"),
    unit=_("clicks"),
    is_not=_("Not readers. Some machines are not recognised and stand among the people."),
    unknown=_("Never unknown."),
    source=REDIRECTS,
    level=OUT_TAKE,
    version=2,
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
    level=OUT_TAKE,
)
TRACKABLE_PEOPLE = Count(
    slug="trackable_people",
    code="E1",
    name=_("People who allow personal links"),
    definition=_("Distinct people reached by a message with personal links, who can so be seen to click."),
    formula=_("count of distinct subscribers with an accepted message whose links are personal"),
    unit=_("people"),
    is_not=_("Not interest: it is a choice about privacy."),
    unknown=_("Never unknown: 0 means that nobody reached allows it."),
    source=LEDGER,
    level=OUT_TAKE,
)
CLICKERS = Count(
    slug="clickers",
    code="E1",
    name=_("People who clicked"),
    definition=_("Distinct people who followed a personal link at least once, within the attribution window."),
    formula=_("count of distinct subscribers with an accepted message and a click that is not a machine's"),
    unit=_("people"),
    is_not=_("Not everybody who clicked: people who allow no personal links can't be seen."),
    unknown=_("Unknown where nobody reached allows personal links."),
    source=REDIRECTS,
    level=OUT_TAKE,
    known_by="trackable_people",
)
OPENED = Count(
    slug="opened",
    code="E2",
    name=_("Opened, not by a machine"),
    definition=_(
        "Accepted e-mails whose picture was fetched within the attribution window, as far as no machine is known to "
        "have done it."
    ),
    formula=_("count of accepted messages with an open that is not a machine's"),
    unit=_("messages"),
    is_not=_("Never a target, and not reading: a mail program may fetch the picture by itself, or never."),
    unknown=_("Unknown where nobody reached allows opens to be seen."),
    source=_("Pixel in the e-mails of those who allow it"),
    level=OUT_TAKE,
    known_by="open_trackable",
)
MACHINE_OPENS = Count(
    slug="machine_opened",
    code="E2",
    name=_("Opened by machines"),
    definition=_(
        "Accepted e-mails whose picture a machine fetched within the attribution window; left out of the open rate."
    ),
    formula=_("count of accepted messages with a machine's open"),
    unit=_("messages"),
    is_not=_("Not readers. Some machines are not recognised and stand among the people."),
    unknown=_("Unknown where nobody reached allows opens to be seen."),
    source=_("Pixel in the e-mails of those who allow it"),
    level=OUT_TAKE,
    known_by="open_trackable",
)
POPULATION_COVERAGE = Share(
    slug="population_coverage",
    code="R3",
    name=_("Coverage of the group"),
    definition=_(
        "Different people reached against the estimated size of the group, of a segment, of a gender or of everybody, "
        "where an estimate is cited. It is the second figure of segment coverage."
    ),
    formula=_("people reached / estimated size of the group"),
    unit=_("share of the estimated group"),
    is_not=_("Not exact: an estimate stands below the line, and nobody proved that those reached belong to the group."),
    unknown=_("Unknown without an estimate with its source and year."),
    source=_("Delivery ledger and a cited source"),
    limits=_(
        "It passes 100 % where the estimate is too small. Hidden where the people reached are, and where nearly "
        "everybody was."
    ),
    disaggregation=_("segment; gender"),
    version=2,
    numerator=("people",),
    denominator=("population",),
)

PLANNED = Count(
    slug="planned",
    code="D1",
    name=_("Planned"),
    definition=_("Messages that were lined up when the audience was fixed."),
    formula=_("count of messages lined up"),
    unit=_("messages"),
    is_not=_("Not a target of the campaign, and not the number of people considered."),
    unknown=_("Never unknown."),
    source=LEDGER,
)
EXCLUDED = Count(
    slug="excluded",
    code="R3",
    name=_("Not reached"),
    definition=_("Subscriptions that were considered when the audience was fixed and got no message, by reason."),
    formula=_("count of considered subscriptions without a message"),
    unit=_("subscriptions"),
    is_not=_("Not people: somebody with two addresses can count twice. Not those outside the segments."),
    unknown=_("Never unknown: 0 means that everybody considered gets a message."),
    source=_("Count of the audience when it was fixed"),
)
PAGE_VISITS = Given(
    slug="page_visits",
    code="W1",
    name=_("Different visits"),
    definition=_(
        "Visitors of a page on a day: who opens a page three times on one day is one visit of that page. Told apart by "
        "a key that is thrown away when the day is over."
    ),
    formula=_("count of different visitors of each page on each day"),
    unit=_("visits of a page on a day"),
    is_not=_("Visits, not people: who reads two pages, or comes back on another day, is counted again."),
    unknown=_("Unknown where nothing was counted in the period."),
    source=BEACON,
    limits=_("People behind one connection who use the same browser can be taken for one visitor."),
)
MACHINE_VIEWS = Given(
    slug="machine_views",
    code="W1",
    name=_("Page views by machines"),
    definition=_("Views of pages by programs that say what they are, such as search engines."),
    formula=_("count of views by known bots"),
    unit=_("views"),
    is_not=_("Never part of article visits."),
    unknown=_("Unknown where nothing was counted in the period."),
    source=BEACON,
    limits=_("A program that passes itself off as a person's browser is not recognised."),
)

PARTS: tuple[Metric, ...] = (
    PLANNED,
    EXCLUDED,
    ACCEPTED,
    BOUNCED,
    FAILED,
    UNSENT,
    MISSED,
    WITHDRAWN,
    UNSUBSCRIBED,
    CLICKED,
    CLICKERS,
    TRACKABLE_PEOPLE,
    COHORT_CLICKS,
    MACHINE_CLICKS,
    OPENED,
    MACHINE_OPENS,
    TRACKABLE_SHARE,
    POPULATION_COVERAGE,
    PAGE_VISITS,
    MACHINE_VIEWS,
)
