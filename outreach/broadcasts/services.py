"""What can be done with a broadcast, for the stages below and for the studio; each subject has a module of its own."""

from .approval import approve, schedule, submit, verify_approval
from .archiving import set_archived
from .drafting import (
    create,
    create_from_story,
    draw_missing,
    freeze_content,
    keep,
    proposal,
    redraw,
    remove,
    rename,
    set_audience,
    write,
)
from .lifecycle import cancel, finish, pause, resume, void_approval
from .refusals import (
    ApprovalVoid,
    NoTestAddress,
    NotReady,
    OwnSubmission,
    Refused,
    TestNotSent,
    TimePassed,
    UnfitMessage,
    WrongState,
)

__all__ = [
    "ApprovalVoid",
    "NoTestAddress",
    "NotReady",
    "OwnSubmission",
    "Refused",
    "TestNotSent",
    "TimePassed",
    "UnfitMessage",
    "WrongState",
    "approve",
    "cancel",
    "create",
    "create_from_story",
    "draw_missing",
    "finish",
    "freeze_content",
    "keep",
    "pause",
    "proposal",
    "redraw",
    "remove",
    "rename",
    "resume",
    "schedule",
    "set_archived",
    "set_audience",
    "submit",
    "verify_approval",
    "void_approval",
    "write",
]
