"""How much a run measures, and what it says on the way."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """``people`` get a message in a round, ``million`` are frozen; a round is stopped after ``seconds``."""

    people: int
    million: int
    rounds: int
    seconds: float


def say(text: str) -> None:
    """One line of progress."""
    print(f"{time.strftime('%T')} {text}", flush=True)
