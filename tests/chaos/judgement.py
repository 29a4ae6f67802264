"""What a run is judged by: the ledger beside what the receivers kept, person by person."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.ground.records import MISDIRECTED, Arrival, Fault

ACCEPTED = {"accepted", "delivered"}
UNCERTAIN = "uncertain"
WAITING = {"queued", "attempting", "deferred"}
GIVEN_UP = {"rejected", "failed", "cancelled", "expired"}
"""No receiver does anything for which a message may end so."""

Place = tuple[str, str]
"""A channel and an address on it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger as the run's driver read it."""

    channel: str
    address: str
    status: str


@dataclass
class Judgement:
    """Places by what is wrong with them; all lists but the last two must be empty.

    ``lost``: accepted by the ledger, and no receiver has it. ``twice``: a receiver has it more than once. ``unsaid``: a
    receiver has it, and the ledger says that it did not go out. ``strays``: a receiver has what the ledger does not
    know of, or a copy that was meant for somebody else. ``open``: neither settled nor uncertain at the end. ``given_up``: not sent, though every
    fault passes and nobody left.
    ``of_faults`` and ``of_kills`` are the uncertain ones, by whether a receiver left their sender without an answer.
    """

    lost: list[Place] = field(default_factory=list)
    twice: list[Place] = field(default_factory=list)
    unsaid: list[Place] = field(default_factory=list)
    strays: list[Place] = field(default_factory=list)
    open: list[Place] = field(default_factory=list)
    given_up: list[Place] = field(default_factory=list)
    of_faults: list[Place] = field(default_factory=list)
    of_kills: list[Place] = field(default_factory=list)
    uncertain_kept: int = 0

    @property
    def sound(self) -> bool:
        """Whether nobody was lost, written to twice, forgotten, or told of wrongly."""
        return not (self.lost or self.twice or self.unsaid or self.strays or self.open or self.given_up)


def judge(*, ledger: Iterable[Entry], arrivals: Sequence[Arrival], faults: Iterable[Fault]) -> Judgement:
    """Compare the ledger, before anybody decided about the uncertain ones, with what the receivers wrote down."""
    judgement = Judgement()
    kept = Counter((arrival.channel, arrival.address) for arrival in arrivals)
    ambiguous = {(fault.channel, fault.address) for fault in faults if fault.ambiguous}
    known = set()
    for entry in ledger:
        place = (entry.channel, entry.address)
        known.add(place)
        if entry.status in ACCEPTED:
            if not kept[place]:
                judgement.lost.append(place)
        elif entry.status == UNCERTAIN:
            (judgement.of_faults if place in ambiguous else judgement.of_kills).append(place)
            judgement.uncertain_kept += bool(kept[place])
        else:
            if entry.status in WAITING:
                judgement.open.append(place)
            elif entry.status in GIVEN_UP:
                judgement.given_up.append(place)
            if kept[place]:
                judgement.unsaid.append(place)
    judgement.twice = [place for place, times in kept.items() if times > 1]
    judgement.strays = [place for place in kept if place not in known]
    judgement.strays += _misdirected(arrivals)
    return judgement


def _misdirected(arrivals: Sequence[Arrival]) -> list[Place]:
    """Who has a copy that names somebody else, or that somebody else has too."""
    first: dict[tuple[str, str], str] = {}
    found = []
    for arrival in arrivals:
        owner = first.setdefault((arrival.channel, arrival.copy), arrival.address)
        if owner != arrival.address or arrival.copy.startswith(MISDIRECTED):
            found.append((arrival.channel, arrival.address))
    return found
