"""Django looks for models here; each stage keeps its own."""

from .audience.models import (
    Consent,
    JoinRequest,
    KeyedSecret,
    Segment,
    Subscriber,
    Subscription,
    Suppression,
    TopicChoice,
)
from .broadcasts.campaign import Campaign
from .broadcasts.models import Approval, Broadcast, CarriedPage, Message, QuietHours, TestChat
from .broadcasts.series.models import Series, SeriesApproval
from .delivery.models import Cohort, Delivery, Exclusion, Freeze, Throttle
from .reach.api.models import ApiToken
from .reach.indicators.framework import Indicator, Result, Target
from .reach.indicators.records import Entry, Estimate, Spend
from .reach.indicators.trail import Change
from .reach.models import CohortRollup, Margin, PeopleSet, Rebuild, Rollup, StoryRollup
from .reach.snapshots.models import Publication, Snapshot, SnapshotCells
from .sandbox.models import SandboxChat, SandboxMessage, SandboxUpdate
from .tracking.models import Drop, Forgotten, JournalCursor, PageDay, PageVisit, TrackingEvent, UpdateCursor

__all__ = [
    "ApiToken",
    "Approval",
    "Broadcast",
    "Campaign",
    "CarriedPage",
    "Change",
    "Cohort",
    "CohortRollup",
    "Consent",
    "Delivery",
    "Drop",
    "Entry",
    "Estimate",
    "Exclusion",
    "Forgotten",
    "Freeze",
    "Indicator",
    "JoinRequest",
    "JournalCursor",
    "KeyedSecret",
    "Margin",
    "Message",
    "PageDay",
    "PageVisit",
    "PeopleSet",
    "Publication",
    "QuietHours",
    "Rebuild",
    "Result",
    "Rollup",
    "SandboxChat",
    "SandboxMessage",
    "SandboxUpdate",
    "Segment",
    "Series",
    "SeriesApproval",
    "Snapshot",
    "SnapshotCells",
    "Spend",
    "StoryRollup",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Target",
    "TestChat",
    "Throttle",
    "TopicChoice",
    "TrackingEvent",
    "UpdateCursor",
]
