"""Django looks for models here; each stage keeps its own."""

from .audience.models import Consent, KeyedSecret, Segment, Subscriber, Subscription, Suppression, TopicChoice
from .broadcasts.models import Approval, Broadcast, Message, TestChat
from .delivery.models import Cohort, Delivery, Exclusion, Freeze, Throttle
from .reach.models import Rollup
from .sandbox.models import SandboxMessage, SandboxUpdate
from .tracking.models import TrackingEvent, UpdateCursor

__all__ = [
    "Approval",
    "Broadcast",
    "Cohort",
    "Consent",
    "Delivery",
    "Exclusion",
    "Freeze",
    "KeyedSecret",
    "Message",
    "Rollup",
    "SandboxMessage",
    "SandboxUpdate",
    "Segment",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TestChat",
    "Throttle",
    "TopicChoice",
    "TrackingEvent",
    "UpdateCursor",
]
