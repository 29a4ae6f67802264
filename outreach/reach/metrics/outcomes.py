"""Indicators that need a survey, documents or an account: people enter what they found, with method, n and source."""

from django.utils.translation import gettext_lazy as _

from .metric import BASELINE_AND_ENDLINE, EFFICIENCY, OUTCOME, Change, Metric, Share

SURVEY = _("Survey")
ENTERED = _("Entered by people, with its method, number of respondents and source.")

RECALL = Share(
    slug="recall",
    code="O1",
    name=_("Message recall"),
    definition=_("Respondents who remember at least the agreed number of the campaign's messages, from the campaign."),
    formula=_("respondents who remember enough / respondents"),
    unit=_("share of respondents"),
    is_not=_("Not recall of the topic from elsewhere: only the campaign's own channels count."),
    unknown=_("Unknown until a survey is entered."),
    source=SURVEY,
    level=OUTCOME,
    limits=ENTERED,
    disaggregation=_("gender; segment; language"),
    frequency=BASELINE_AND_ENDLINE,
    is_entered=True,
    numerator=("recalling",),
    denominator=("recall_respondents",),
)
KNOWLEDGE_CHANGE = Change(
    slug="knowledge_change",
    code="O2",
    name=_("Knowledge change"),
    definition=_("Share who answer the agreed questions correctly at the endline, minus the share at the baseline."),
    formula=_("correct at the endline / respondents − correct at the baseline / respondents"),
    unit=_("change of the share, in parts of 1"),
    is_not=_("Not an effect of the campaign, unless a comparison group was asked too."),
    unknown=_("Unknown until both surveys are entered; a baseline that was not measured is not 0."),
    source=SURVEY,
    level=OUTCOME,
    limits=_("Entered by people. The same questions, a stated way of sampling, n and the interval belong beside it."),
    disaggregation=_("gender; segment; language"),
    frequency=BASELINE_AND_ENDLINE,
    is_entered=True,
    later=("endline_correct", "endline_respondents"),
    earlier=("baseline_correct", "baseline_respondents"),
)
ATTITUDE = Share(
    slug="attitude",
    code="O3",
    name=_("Positive attitude to migrants' contribution"),
    definition=_("Respondents who agree with the agreed statements."),
    formula=_("respondents who agree / respondents"),
    unit=_("share of respondents"),
    is_not=_("Not behaviour: people say what they think is expected."),
    unknown=_("Unknown until a survey is entered."),
    source=SURVEY,
    level=OUTCOME,
    limits=ENTERED,
    disaggregation=_("gender; segment: host community, employers, officials"),
    frequency=BASELINE_AND_ENDLINE,
    is_entered=True,
    numerator=("agreeing",),
    denominator=("attitude_respondents",),
)
EVIDENCE_USE = Share(
    slug="evidence_use",
    code="O4",
    name=_("Stakeholder use of evidence"),
    definition=_(
        "Officials, employers and organisations who say that they used the campaign's or the study's material."
    ),
    formula=_("those who used it / respondents"),
    unit=_("share of respondents"),
    is_not=_("Not proof of use: verify it with documents."),
    unknown=_("Unknown until a survey is entered."),
    source=_("Survey and documents, with the list of cases"),
    level=OUTCOME,
    limits=ENTERED,
    disaggregation=_("institution; gender"),
    frequency=_("endline"),
    is_entered=True,
    numerator=("evidence_users",),
    denominator=("evidence_respondents",),
)
COST = Share(
    slug="cost",
    code="C1",
    name=_("Cost for each person reached"),
    definition=_("What the campaign spent, divided by the different people it reached by messages."),
    formula=_("spending / people reached"),
    unit=_("money a person, in the currency of the spending"),
    is_not=_("Not comparable between channels without the audience of mass media and events."),
    unknown=_("Unknown until the spending is entered, and where nobody was reached."),
    source=_("Accounts and delivery ledger"),
    level=EFFICIENCY,
    limits=_("The spending was entered by people; it covers more than messages."),
    disaggregation=_("channel"),
    frequency=_("at the end"),
    is_core=False,
    is_entered=True,
    numerator=("spending",),
    denominator=("people",),
)

OUTCOMES: tuple[Metric, ...] = (RECALL, KNOWLEDGE_CHANGE, ATTITUDE, EVIDENCE_USE, COST)
