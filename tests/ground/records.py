"""What a receiver wrote down: one line for each message that it kept, and one for each fault that it put in the way.

A receiver writes the line before it answers, straight to the file, so the record is whole whatever happens to
anybody.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EMAIL, TELEGRAM = "email", "telegram"
"""The names of the channels, here so that a receiver need not load the product."""
MISDIRECTED = "meant for somebody else: "
"""Stands before the name of a copy that names another receiver than the one to whom it was handed."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that a receiver kept. ``at`` is monotonic, in seconds; ``copy`` tells one copy from another."""

    at: float
    channel: str
    address: str
    copy: str
    size: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What a receiver did to a message; after an ``ambiguous`` one the sender can't know whether it was kept."""

    at: float
    kind: str
    channel: str
    address: str
    ambiguous: bool


class Record:
    """The file that one receiver writes."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        newest = path.with_name("newest.mail")
        self._newest = newest if newest.exists() else None

    def arrival(self, at: float, channel: str, address: str, copy: str, size: int) -> None:
        os.write(self._file, f"arrival\t{at:.6f}\t{channel}\t{address}\t{copy}\t{size}\n".encode())

    def content(self, mail: bytes) -> None:
        """Keep ``mail`` in place of the one before, if somebody wants to see it."""
        if self._newest:
            self._newest.write_bytes(mail)

    def fault(self, at: float, kind: str, channel: str, address: str, ambiguous: bool) -> None:
        os.write(self._file, f"fault\t{at:.6f}\t{kind}\t{channel}\t{address}\t{int(ambiguous)}\n".encode())


def read(path: Path) -> Iterator[Arrival | Fault]:
    """Everything in a record, in the order in which it happened."""
    for line in path.read_text().splitlines():
        what, at, *rest = line.split("\t")
        if what == "arrival":
            channel, address, copy, size = rest
            yield Arrival(float(at), channel, address, copy, int(size))
        else:
            kind, channel, address, ambiguous = rest
            yield Fault(float(at), kind, channel, address, ambiguous == "1")
