"""People who joined, the addresses at which they can be written to, and what they agreed to."""

from .consents import Consent, Wording, WordingText
from .imports import ColumnMapping, Import, ImportPart, ImportRefusal
from .joining import JoinAttempts, JoinLink, JoinRequest, PaperSheet, SignUpCount
from .people import Subscriber, Subscription, TopicChoice
from .preferences import FreshLink
from .retention import Removal
from .secrets import KeyedSecret
from .segments import Segment, SegmentEdit
from .suppression import SoftBounce, Suppression

__all__ = [
    "ColumnMapping",
    "Consent",
    "FreshLink",
    "Import",
    "ImportPart",
    "ImportRefusal",
    "JoinAttempts",
    "JoinLink",
    "JoinRequest",
    "KeyedSecret",
    "PaperSheet",
    "Removal",
    "Segment",
    "SegmentEdit",
    "SignUpCount",
    "SoftBounce",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TopicChoice",
    "Wording",
    "WordingText",
]
