"""Indicators of content: what was published, in which languages, how accessible, and who speaks in it."""

from django.utils.translation import gettext_lazy as _

from .metric import EACH_MONTH, EACH_QUARTER, Given, Metric, Share

SITE = _("Pages of the site")

ITEMS = Given(
    slug="items",
    code="P1",
    name=_("Content items published"),
    definition=_("Stories, infographics and rights cards that are live and were first published in the period."),
    formula=_("count of items first published in the period"),
    unit=_("items"),
    is_not=_("Effort, not reach: nobody may have read them."),
    unknown=_("Never unknown: 0 means that nothing was published."),
    source=SITE,
    limits=_(
        "An item counts once, whatever its translations. One that was taken offline since does not count. Of a "
        "campaign, items that name another one do not count; those that name none count for each."
    ),
    disaggregation=_("kind of page; topic"),
    frequency=EACH_MONTH,
    version=2,
)
TRANSLATION_COVERAGE = Share(
    slug="translation_coverage",
    code="P2",
    name=_("Translation coverage"),
    definition=_(
        "Items published in the period that are live, on the day of counting, in every language in which the campaign "
        "writes to people."
    ),
    formula=_("items live in every language that is required / items"),
    unit=_("share of items"),
    is_not=_("Says nothing about the quality of a translation."),
    unknown=_("Unknown where nothing was published."),
    source=SITE,
    limits=_(
        "Counted as the site is now, not as it was at the end of the period. Required are the languages of the texts "
        "of the campaign's broadcasts that were not cancelled; where there are none, and over all campaigns, the "
        "languages of the site that are not still open for translation. No other list of required languages is kept."
    ),
    disaggregation=_("language"),
    frequency=EACH_MONTH,
    numerator=("items_in_every_language",),
    denominator=("items",),
    version=2,
)
ACCESSIBLE_RATE = Share(
    slug="accessible_rate",
    code="P3",
    name=_("Accessible content rate"),
    definition=_(
        "Items of the period of which every live language has a summary that the editorial checklist passes as plain, "
        "alternative text for every picture, a text summary for an infographic, a transcript for every recording, and "
        "for every film a text that says what it says."
    ),
    formula=_("items that meet all of this / items"),
    unit=_("share of items"),
    is_not=_("Not conformance with WCAG: a check by machine finds only a part of what bars people."),
    unknown=_("Unknown where nothing was published."),
    source=SITE,
    limits=_(
        "The weight of a page is not part of it: it depends on the reader's device and settings. Not checked is "
        "whether a transcript or a story read aloud says the same as the text, nor captions of a film on another site. "
        "What an editor found not to apply, with a reason, counts as met."
    ),
    disaggregation=_("kind of page; language"),
    frequency=EACH_MONTH,
    numerator=("items_accessible",),
    denominator=("items",),
    version=2,
)
WOMEN_QUOTED = Share(
    slug="women_quoted",
    code="P4",
    name=_("Women among people quoted"),
    definition=_("Women among the people whose words are quoted in items of the period and who stated a gender."),
    formula=_("women quoted / people quoted who stated a gender"),
    unit=_("share of people quoted"),
    is_not=_("Gender is as the person stated it, never taken from a name. Documents and institutions are no people."),
    unknown=_("Unknown where nobody quoted stated a gender."),
    source=_("Quotes in stories, as editors entered them"),
    limits=_(
        "A person who is quoted in two items counts in each. Hidden where fewer people than the smallest count shown "
        "stated a gender."
    ),
    disaggregation=_("function: migrant, expert, official, employer; topic"),
    frequency=EACH_QUARTER,
    numerator=("quoted_women",),
    denominator=("quoted_people",),
)

CONTENT: tuple[Metric, ...] = (ITEMS, TRANSLATION_COVERAGE, ACCESSIBLE_RATE, WOMEN_QUOTED)
