"""The closed list of what is measured. Each metric is defined here and nowhere else, and every figure leads to it.

:data:`INDICATORS` are the twenty that every report knows and three that support them, :data:`PARTS` what stands beside
them. A metric gets a new version when its definition changes; :data:`DEFINITIONS_VERSION` then changes too.
"""

from .content import CONTENT
from .metric import Change, Count, Counts, Given, Metric, Number, Share
from .outcomes import COST, KNOWLEDGE_CHANGE, OUTCOMES
from .parts import (
    ACCEPTED,
    BOUNCED,
    CLICKED,
    COHORT_CLICKS,
    EXCLUDED,
    FAILED,
    MACHINE_CLICKS,
    MACHINE_OPENS,
    MACHINE_VIEWS,
    MISSED,
    OPENED,
    PAGE_VISITS,
    PARTS,
    PLANNED,
    POPULATION_COVERAGE,
    TRACKABLE_SHARE,
    UNSENT,
    UNSUBSCRIBED,
    WITHDRAWN,
)
from .reached import (
    COMPLETENESS,
    COVERAGE,
    DELIVERY_RATE,
    ESTIMATED_AUDIENCE,
    FEMALE_SHARE,
    FREQUENCY,
    HEADLINE_COMPLETENESS,
    REACH,
    REACHED,
    STATED,
)
from .read import CLICK_RATE, COMPLETION_RATE, LEAVING_RATE, OPEN_RATE, READ, VISITS

DEFINITIONS_VERSION = "3"

INDICATORS: tuple[Metric, ...] = (*CONTENT, *REACH, *READ, *OUTCOMES)
METRICS: tuple[Metric, ...] = (*INDICATORS, *PARTS)

BY_CODE: dict[str, Metric] = {metric.code: metric for metric in INDICATORS}
BY_SLUG: dict[str, Metric] = {metric.slug: metric for metric in METRICS}

__all__ = [
    "ACCEPTED",
    "BOUNCED",
    "BY_CODE",
    "BY_SLUG",
    "CLICKED",
    "CLICK_RATE",
    "COHORT_CLICKS",
    "COMPLETENESS",
    "COMPLETION_RATE",
    "COST",
    "COVERAGE",
    "DEFINITIONS_VERSION",
    "DELIVERY_RATE",
    "ESTIMATED_AUDIENCE",
    "EXCLUDED",
    "FAILED",
    "FEMALE_SHARE",
    "FREQUENCY",
    "HEADLINE_COMPLETENESS",
    "INDICATORS",
    "KNOWLEDGE_CHANGE",
    "LEAVING_RATE",
    "MACHINE_CLICKS",
    "MACHINE_OPENS",
    "MACHINE_VIEWS",
    "METRICS",
    "MISSED",
    "OPENED",
    "OPEN_RATE",
    "PAGE_VISITS",
    "PARTS",
    "PLANNED",
    "POPULATION_COVERAGE",
    "REACHED",
    "STATED",
    "TRACKABLE_SHARE",
    "UNSENT",
    "UNSUBSCRIBED",
    "VISITS",
    "WITHDRAWN",
    "Change",
    "Count",
    "Counts",
    "Given",
    "Metric",
    "Number",
    "Share",
]
