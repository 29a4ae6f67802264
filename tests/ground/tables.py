"""The table at the end of a run: what was measured, what it must be, and whether it is."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line. ``must`` is what is asked for, in words; ``holds`` is ``None`` where nothing is."""

    name: str
    value: str
    must: str = ""
    holds: bool | None = None

    @property
    def verdict(self) -> str:
        """The word at the end of the line."""
        return {None: "", True: "ok", False: "MISSED"}[self.holds]


def printed(title: str, rows: Sequence[Row]) -> str:
    """The table as text."""
    lines = [(row.name, row.value, row.must, row.verdict) for row in rows]
    head = (title, "measured", "must be", "")
    widths = [max(len(line[place]) for line in [head, *lines]) for place in range(4)]
    rule = "-" * (sum(widths) + 6)

    def laid_out(line: tuple[str, str, str, str]) -> str:
        name, value, must, verdict = line
        return f"{name:<{widths[0]}}  {value:>{widths[1]}}  {must:<{widths[2]}}  {verdict}".rstrip()

    return "\n".join([rule, laid_out(head), rule, *map(laid_out, lines), rule])


def missed(rows: Sequence[Row]) -> list[Row]:
    """The rows whose "must" does not hold."""
    return [row for row in rows if row.holds is False]
