"""Indicators of what came back: visits, clicks, opens, reading to the end, answers, and leaving."""

from django.utils.translation import gettext_lazy as _

from .metric import BEACON, EACH_BROADCAST, EACH_MONTH, OUT_TAKE, REDIRECTS, Given, Metric, Share

VISITS = Given(
    slug="visits",
    code="W1",
    name=_("Article visits"),
    definition=_(
        "Views of pages in the period, without known bots and staff; no cookie is set and no address is kept."
    ),
    formula=_("count of views"),
    unit=_("visits"),
    is_not=_("Visits, not people; never added to people reached."),
    unknown=_("Unknown where nothing was counted in the period."),
    source=BEACON,
    limits=_(
        "Of the whole site, not of one campaign. Bots that look like people are counted. People who block the counter "
        "are missing."
    ),
    disaggregation=_("language; item; where readers came from"),
    frequency=_("each day"),
)
CLICK_RATE = Share(
    slug="click_rate",
    code="E1",
    name=_("Unique click rate"),
    definition=_(
        "People who followed a link at least once within the attribution window, among the people reached who allow "
        "personal links: of the others nobody can say whether they clicked, so they stand on neither side."
    ),
    formula=_("people who clicked / people reached who allow personal links"),
    unit=_("share of people who allow personal links"),
    is_not=_("Not the share of all people reached: clicks over shared links are counted apart and never added."),
    unknown=_("Unknown where nobody reached allows personal links."),
    source=REDIRECTS,
    level=OUT_TAKE,
    limits=_(
        "Who allows personal links may be keener than others. Not every scanner is recognised: over shared links only "
        "one that follows every link of a message, also the one that nobody sees, within seconds."
    ),
    disaggregation=_("segment and gender; group; language; channel"),
    frequency=EACH_BROADCAST,
    numerator=("clickers",),
    denominator=("trackable_people",),
)
OPEN_RATE = Share(
    slug="open_rate",
    code="E2",
    name=_("Open rate (indicative)"),
    definition=_(
        "Accepted messages that were opened within the attribution window, among those whose receiver lets it be seen."
    ),
    formula=_("messages opened, not by a machine / accepted messages whose receiver allows opens to be seen"),
    unit=_("share of messages whose opens may be seen"),
    is_not=_("Never a target, and not reading: a mail program may fetch the picture by itself, or never."),
    unknown=_("Unknown where nobody reached allows opens to be seen."),
    source=_("Pixel in the e-mails of those who allow it"),
    level=OUT_TAKE,
    limits=_("Indicative only. Opens by machines are given apart."),
    disaggregation=_("segment"),
    frequency=EACH_BROADCAST,
    numerator=("opened",),
    denominator=("open_trackable",),
)
COMPLETION_RATE = Share(
    slug="completion_rate",
    code="E3",
    name=_("Read completion rate"),
    definition=_("Visits that reached the end of the text after a plausible time, among those that sent a signal."),
    formula=_("visits that reached the end / visits that sent a signal"),
    unit=_("share of visits that sent a signal"),
    is_not=_("Not understanding, and not people."),
    unknown=_("Unknown where no visit sent a signal."),
    source=BEACON,
    level=OUT_TAKE,
    limits=_("Of the whole site, not of one campaign. Needs JavaScript: readers who save data are missing."),
    disaggregation=_("language; item"),
    frequency=EACH_MONTH,
    numerator=("visits_completed",),
    denominator=("visits_signalled",),
)
RESPONSES = Given(
    slug="responses",
    code="E4",
    name=_("Active responses"),
    definition=_("Replies, questions, referrals, downloads and audio plays."),
    formula=_("count of responses"),
    unit=_("responses"),
    is_not=_("Not clicks, and never merged with them."),
    unknown=_("Unknown: nothing of this is counted by the system yet. It stays so until somebody enters a count."),
    source=_("Inbox and downloads"),
    level=OUT_TAKE,
    limits=_("What is entered depends on how carefully an inbox is kept."),
    disaggregation=_("segment; gender; language; channel"),
    frequency=EACH_MONTH,
    is_core=False,
    is_entered=True,
)
LEAVING_RATE = Share(
    slug="leaving_rate",
    code="E5",
    name=_("Unsubscribe and complaint rate"),
    definition=_("Accepted messages after which the receiver left by it or complained, within the attribution window."),
    formula=_("accepted messages with an unsubscribe or a complaint / accepted"),
    unit=_("share of accepted messages"),
    is_not=_("Not those who left in the preferences or with the bot, without using a message."),
    unknown=_("Unknown where no message was accepted."),
    source=_("Unsubscribe links and headers, complaints that providers report"),
    level=OUT_TAKE,
    limits=_("A sign of harm. Not every provider reports complaints."),
    disaggregation=_("segment and gender; group; language; channel"),
    frequency=EACH_BROADCAST,
    numerator=("withdrawn",),
    denominator=("accepted",),
)

READ: tuple[Metric, ...] = (VISITS, CLICK_RATE, OPEN_RATE, COMPLETION_RATE, RESPONSES, LEAVING_RATE)
