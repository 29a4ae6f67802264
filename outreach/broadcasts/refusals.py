"""What the studio refuses to do, each with a text for the person who asked.

Refused
├── UnfitMessage     one message can't be sent as it is: ``reasons``
├── NotReady         the broadcast can't be submitted or approved as it is: ``reasons``
├── Overtaken        somebody changed the text after it was opened
├── WrongState       the broadcast is not where this step begins: somebody was faster, or the page is old
├── OwnSubmission    nobody approves what they made or submitted themselves
├── ApprovalVoid     content or audience are not those that were submitted
├── TimePassed       the chosen time lies in the past
└── NoTestAddress    a test has nowhere to go: ``address`` is where to get it a place
"""

from .reasons import in_words


class Refused(Exception):
    """A step that was not taken. ``reasons`` holds at least one sentence, for the person who asked."""

    def __init__(self, *reasons: object) -> None:
        self.reasons = tuple(str(reason) for reason in reasons)
        super().__init__(" ".join(self.reasons))


class UnfitMessage(Refused):
    """A message can't be sent as it is: empty, too long, or with a link that leads nowhere."""


class NotReady(Refused):
    """The broadcast lacks something that approval needs."""


class Overtaken(Refused):
    """A text was changed by somebody else since its writer opened it."""


class WrongState(Refused):
    """The broadcast is not where this step begins."""


class OwnSubmission(Refused):
    """Approval takes a second person."""


class ApprovalVoid(Refused):
    """What was submitted or approved is not what stands there now. ``kept`` is what is written down of it.

    It is given sentences as they stand in the catalogues.
    """

    def __init__(self, *reasons: str) -> None:
        super().__init__(*map(in_words, reasons))
        self.kept = " ".join(reasons)


class TimePassed(Refused):
    """A broadcast can't be sent in the past."""


class NoTestAddress(Refused):
    """A test message has nowhere to go; ``address`` is a page that mends it, or empty."""

    def __init__(self, reason: object, *, address: str = "") -> None:
        super().__init__(reason)
        self.address = address


class TestNotSent(Refused):
    """The provider did not take a test; the reason is its answer."""

    __test__ = False
