"""Which counts belong together: those that are hidden in the same cells, and those that are part of others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Population:
    """Counts over the same cells that are hidden together.

    ``sums`` add up, over the places of a table and over broadcasts. ``distinct`` count people, who don't: a whole is
    at least its largest part and at most the sum of its parts. ``parts_of`` names for each count the earlier one of
    which it is a part (or nothing), so that the rest needs protecting as well, and the cells hidden there are hidden
    here. ``under`` names a count without which nothing here is shown: its total says too much of these. ``telling``
    says that a gender that holds everybody would say something of each. What is not ``of_people`` tells of nobody,
    however small: nothing of it is hidden.

    ``whole_for`` names for each count the earlier one that is a part of it, which must leave neither few nor, where it
    has some, nobody. A population that ``yields`` is shown only as far as it takes nothing back that those before it
    hide (:mod:`.yielding`). With ``nobody_is_told`` everybody reads where such a count is 0. ``margins_only`` says that
    of a table with two axes only the sums are shown.
    """

    sums: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    parts_of: tuple[str, ...] = ()
    telling: bool = False
    under: str = ""
    totals_only: bool = False
    whole_for: tuple[str, ...] = ()
    yields: bool = False
    nobody_is_told: bool = False
    margins_only: bool = False
    of_people: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """All its counts."""
        return self.sums + self.distinct

    def whole_of(self, name: str) -> str:
        """The count of which this one is a part, or nothing."""
        return dict(zip(self.names, self.parts_of, strict=False)).get(name, "")

    def part_of(self, name: str) -> str:
        """The earlier count that is a part of this one, or nothing."""
        return dict(zip(self.names, self.whole_for, strict=False)).get(name, "")


POPULATIONS = (
    Population(sums=("accepted",), distinct=("people",), telling=True),
    Population(sums=("bounced",)),
    Population(sums=("failed",)),
    Population(sums=("unsent",)),
    Population(sums=("withdrawn",), parts_of=("accepted",)),
    Population(sums=("clicked",), distinct=("clickers",), parts_of=("accepted", "people")),
    Population(sums=("cohort_clicks",)),
    Population(sums=("story_clicked",), under="clicked"),
    Population(sums=("story_cohort_clicks",), under="cohort_clicks"),
    Population(sums=("excluded",)),
    Population(sums=("machine_clicks",), totals_only=True, of_people=False),
    Population(sums=("machine_click_reasons",), of_people=False),
    Population(
        sums=("trackable",),
        distinct=("trackable_people",),
        parts_of=("accepted", "people"),
        whole_for=("clicked", "clickers"),
        yields=True,
        nobody_is_told=True,
        margins_only=True,
    ),
    Population(sums=("opened",), parts_of=("accepted",), yields=True),
    Population(sums=("open_trackable",), parts_of=("accepted",), whole_for=("opened",), yields=True),
    Population(sums=("machine_opened",), parts_of=("accepted",), totals_only=True),
    Population(sums=("machine_open_reasons",), under="machine_opened"),
)
"""Every count of which anybody reads a cell; one that is missing here is protected for itself.

What did not arrive is in three parts (``bounced``, ``failed``, ``unsent``), each protected for itself: their
sums are shown where all parts are, and so say nothing new.
"""
