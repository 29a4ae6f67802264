"""When a receiver misbehaves: at given rates, from a seed, some kinds only so many times."""

import json
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Mischief:
    """What a receiver does wrong.

    ``rates`` gives for each kind the part of its chances that it takes; ``most`` how often at most, for kinds that make
    every worker wait. ``gone`` and ``moved`` are parts of the people, the same people every time. ``per_second`` is
    how many messages the receiver answers in a second: it holds back its answer to the others, so that a worker that
    is killed has every line in use. ``late`` is the part of answers that take half a second more, ``retry_after`` for
    how many seconds a Bot API asks to be left alone.
    """

    seed: int = 1
    rates: Mapping[str, float] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    gone: float = 0.0
    moved: float = 0.0
    late: float = 0.0
    retry_after: int = 1
    per_second: float = 0.0

    def dumped(self) -> str:
        """As text, for the command line of a receiver."""
        return json.dumps(asdict(self))

    @classmethod
    def loaded(cls, text: str) -> "Mischief":
        """What :meth:`dumped` wrote."""
        return cls(**json.loads(text))


class Dice:
    """Decides for one receiver."""

    def __init__(self, mischief: Mischief) -> None:
        self._mischief = mischief
        self.retry_after = mischief.retry_after
        self._random = random.Random(mischief.seed)
        self._left = dict(mischief.most)
        self._next_slot = 0.0

    def strikes(self, kind: str) -> bool:
        """Whether ``kind`` happens now."""
        rate = self._mischief.rates.get(kind, 0.0)
        if not rate or self._random.random() >= rate or self._left.get(kind) == 0:
            return False
        if kind in self._left:
            self._left[kind] -= 1
        return True

    def is_gone(self, address: str) -> bool:
        """Whether nobody is at ``address``, today as yesterday."""
        return self._lot("gone", address) < self._mischief.gone

    def has_moved(self, address: str) -> bool:
        """Whether a chat has another number now."""
        return self._lot("moved", address) < self._mischief.moved

    def _lot(self, subject: str, address: str) -> float:
        return random.Random(f"{self._mischief.seed} {subject} {address}").random() if address else 1.0

    def coin(self) -> bool:
        """Heads or tails."""
        return self._random.random() < 0.5

    def hold(self, now: float) -> float:
        """For how many seconds the answer to a message that came at ``now`` is held back."""
        late = 0.5 if self._mischief.late and self._random.random() < self._mischief.late else 0.0
        if not self._mischief.per_second:
            return late
        self._next_slot = max(now, self._next_slot) + 1 / self._mischief.per_second
        return self._next_slot - now + late
