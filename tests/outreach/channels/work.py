"""Work over a list, for carriers under test: what was begun, what came of it, what was given back."""

from collections import deque
from collections.abc import Callable, Iterable

from outreach.channels.failures import ChannelError
from outreach.channels.protocol import Outgoing, Receipt


class ListWork:
    """Hands out what it was given, in order; a number among it is a wait that is over when asked again.

    ``before_begin`` is called with each message before it is begun. Breaks the test where a carrier settles, begins or
    gives back what it does not hold. ``unrecorded`` are the messages whose outcome would be lost by a kill.
    """

    def __init__(
        self, outgoings: Iterable[Outgoing | float], *, before_begin: Callable[[Outgoing], None] | None = None
    ) -> None:
        self._waiting = deque(outgoings)
        self.before_begin = before_begin
        self._halted = False
        self._taken: set[int] = set()
        self._under_way: set[int] = set()
        self.most_under_way = 0
        self.begun: list[Outgoing] = []
        self.settled: dict[int, Receipt | ChannelError] = {}
        self.given_back: list[Outgoing] = []
        self.unrecorded: set[int] = set()

    @property
    def held(self) -> set[int]:
        """The numbers of messages that a carrier took and neither settled nor gave back."""
        return self._taken | self._under_way

    def halt(self) -> None:
        """From now on nothing may go any more."""
        self._halted = True

    def take(self) -> Outgoing | float | None:
        if self._halted or not self._waiting:
            return None
        given = self._waiting.popleft()
        if isinstance(given, Outgoing):
            self._taken.add(given.number)
        return given

    def may_go(self, outgoing: Outgoing) -> bool:
        assert outgoing.number in self._taken
        return not self._halted

    def begin(self, outgoing: Outgoing) -> bool:
        if self.before_begin:
            self.before_begin(outgoing)
        self._taken.remove(outgoing.number)
        if self._halted:
            return False
        self.begun.append(outgoing)
        self.unrecorded.clear()
        self._under_way.add(outgoing.number)
        self.most_under_way = max(self.most_under_way, len(self._under_way))
        return True

    def call_off(self, outgoing: Outgoing) -> None:
        self._under_way.remove(outgoing.number)
        self._taken.add(outgoing.number)

    def settle(self, outgoing: Outgoing, outcome: Receipt | ChannelError, *, soon: bool = False) -> None:
        if soon:
            self.unrecorded.add(outgoing.number)
        assert outgoing.number in self.held
        assert outgoing.number not in self.settled
        self._taken.discard(outgoing.number)
        self._under_way.discard(outgoing.number)
        self.settled[outgoing.number] = outcome

    def rest(self) -> None:
        self.unrecorded.clear()

    def give_back(self, outgoing: Outgoing) -> None:
        self._taken.remove(outgoing.number)
        self.given_back.append(outgoing)
