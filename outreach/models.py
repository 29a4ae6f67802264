"""Django looks for models here; each stage keeps its own."""

from .audience.models import (
    ColumnMapping,
    Consent,
    FreshLink,
    Import,
    ImportPart,
    ImportRefusal,
    JoinAttempts,
    JoinLink,
    JoinRequest,
    KeyedSecret,
    Removal,
    Segment,
    SegmentEdit,
    SignUpCount,
    SoftBounce,
    Subscriber,
    Subscription,
    Suppression,
    TopicChoice,
    Wording,
    WordingText,
)
from .broadcasts.campaign import Campaign
from .broadcasts.models import Approval, Broadcast, CarriedPage, Message, QuietHours, TestChat
from .broadcasts.series.models import Series, SeriesApproval
from .delivery.models import Cohort, Delivery, Exclusion, Freeze, Throttle
from .reach.api.models import ApiToken
from .reach.indicators.framework import Indicator, Result, Target
from .reach.indicators.populations import PopulationEstimate
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
    "ColumnMapping",
    "Consent",
    "Delivery",
    "Drop",
    "Entry",
    "Estimate",
    "Exclusion",
    "Forgotten",
    "Freeze",
    "FreshLink",
    "Import",
    "ImportPart",
    "ImportRefusal",
    "Indicator",
    "JoinAttempts",
    "JoinLink",
    "JoinRequest",
    "JournalCursor",
    "KeyedSecret",
    "Margin",
    "Message",
    "PageDay",
    "PageVisit",
    "PeopleSet",
    "PopulationEstimate",
    "Publication",
    "QuietHours",
    "Rebuild",
    "Removal",
    "Result",
    "Rollup",
    "SandboxChat",
    "SandboxMessage",
    "SandboxUpdate",
    "Segment",
    "SegmentEdit",
    "Series",
    "SeriesApproval",
    "SignUpCount",
    "Snapshot",
    "SnapshotCells",
    "SoftBounce",
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
    "Wording",
    "WordingText",
]
