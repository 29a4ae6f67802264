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
from .reach.models import CohortRollup, Rebuild, Rollup
from .sandbox.models import SandboxChat, SandboxMessage, SandboxUpdate
from .tracking.models import Drop, Forgotten, JournalCursor, PageDay, PageVisit, TrackingEvent, UpdateCursor

__all__ = [
    "Approval",
    "Broadcast",
    "Campaign",
    "CarriedPage",
    "Cohort",
    "CohortRollup",
    "Consent",
    "Delivery",
    "Drop",
    "Exclusion",
    "Forgotten",
    "Freeze",
    "JoinRequest",
    "JournalCursor",
    "KeyedSecret",
    "Message",
    "PageDay",
    "PageVisit",
    "QuietHours",
    "Rebuild",
    "Rollup",
    "SandboxChat",
    "SandboxMessage",
    "SandboxUpdate",
    "Segment",
    "Series",
    "SeriesApproval",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TestChat",
    "Throttle",
    "TopicChoice",
    "TrackingEvent",
    "UpdateCursor",
]
