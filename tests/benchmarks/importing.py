"""How long a list of 200,000 people takes from its upload to the last row, and how much memory.

Each stretch is a process of its own, as a web server and a worker are: run as
``python -m tests.benchmarks.importing step number file``. The list is given as CSV, and again as a workbook in
which, as spreadsheets save it, all cells share their texts; one as we write it ourselves is read through once.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.ground.databases import ROOT, Yard, attach, detach
from tests.ground.tables import Row
from tests.ground.workbooks import write_shared

from .plan import say

PEOPLE = 200_000
MOST_SECONDS, MOST_MEMORY = 60.0, 300
MEGABYTE = 1024 * 1024
FLAT = 1.5
HEADER = ["E-mail", "Language", "Group", "Gender", "Parish", "Date"]


class ImportBench:
    """Lists on one kind of database."""

    def __init__(self, *, yard: Yard, folder: Path, environment: Mapping[str, str], kind: str) -> None:
        self._kind, self._folder = kind, folder
        self._database = yard.make(kind)
        self._environment = {**environment, "DATABASE_URL": self._database.url}
        attach(self._database)

    def close(self) -> None:
        """Drop what was made."""
        detach()
        self._database.drop()

    def rows(self) -> list[Row]:
        """The table's lines."""
        few, many = self._imported(PEOPLE // 10, "few"), self._imported(PEOPLE, "many")
        shared = self._imported(PEOPLE, "shared", "xlsx")
        shared_memory = {step: each["memory"] / MEGABYTE for step, each in shared.items()}
        memory = {name: max(each["memory"] for each in found.values()) / MEGABYTE for name, found in
                  (("few", few), ("many", many))}  # fmt: skip
        seconds = many["upload"]["seconds"] + many["run"]["seconds"]
        holds = memory["many"] <= MOST_MEMORY and memory["many"] <= FLAT * memory["few"]
        return [
            Row(f"{PEOPLE:,} rows uploaded and imported", f"{seconds:.0f} s", f"<= {MOST_SECONDS:.0f} s",
                seconds <= MOST_SECONDS),
            Row("  their trial before", f"{many['trial']['seconds']:.0f} s"),
            Row(f"  memory, {PEOPLE:,} and {PEOPLE // 10:,} rows", f"{memory['many']:.0f} and {memory['few']:.0f} MB",
                f"<= {MOST_MEMORY} MB, <= {FLAT} times", holds),
            Row("  a workbook of shared texts, uploaded and imported",
                f"{shared['upload']['seconds'] + shared['run']['seconds']:.0f} s"),
            Row("  its memory in upload, trial and run",
                ", ".join(f"{each:.0f}" for each in shared_memory.values()) + " MB", f"<= {MOST_MEMORY} MB",
                max(shared_memory.values()) <= MOST_MEMORY),
            Row("  the same as a workbook of ours, read through", f"{self._workbook()['seconds']:.0f} s"),
        ]  # fmt: skip

    def _imported(self, people: int, name: str, kind: str = "csv") -> dict[str, dict[str, Any]]:
        path = self._folder / f"{name}-{self._kind}.{kind}"
        if kind == "csv":
            with path.open("w") as file:
                file.writelines(",".join(row) + "\n" for row in _table(people, name))
        else:
            write_shared(path, _table(people, name))
        found = {"upload": self._run("upload", 0, path)}
        number = found["upload"]["number"]
        found |= {step: self._run(step, number, path) for step in ("trial", "run")}
        counts = found["run"]["counts"]
        if counts["done"] != {"new": people}:
            raise RuntimeError(f"{self._kind}: {counts}")
        say(
            f"{self._kind}: {people} rows of {kind}, "
            + ", ".join(f"{step} {each['seconds']:.1f} s" for step, each in found.items())
        )
        return found

    def _workbook(self) -> dict[str, Any]:
        from outreach.audience.workbook import workbook

        path = self._folder / f"book-{self._kind}.xlsx"
        with path.open("wb") as file:
            file.writelines(workbook("List", ([row] for row in _table(PEOPLE, "book"))))
        return self._run("look", 0, path)

    def _run(self, step: str, number: int, path: Path) -> dict[str, Any]:
        printed = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.importing", step, str(number), str(path)],
            cwd=ROOT,
            env=self._environment,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        return json.loads(printed.splitlines()[-1])


def _table(people: int, name: str) -> Iterator[list[str]]:
    yield HEADER
    for number in range(people):
        domain = f"d{number % 2000}.example.org"
        yield [f"{name}.{number}@{domain}", "fr", "worker", "woman", "st_john", "2026-03-01"]


def main() -> None:
    """One stretch, measured."""
    from tests.ground.environment import become
    from tests.ground.processes import peak_memory

    become(dict(os.environ))
    from django.contrib.auth.models import User
    from django.utils import timezone

    from outreach.audience.imports import lifecycle, reading
    from outreach.audience.imports.carrying import Clerk
    from outreach.audience.imports.columns import guess
    from outreach.audience.imports.declared import Declaration
    from outreach.audience.models import Import

    step, number, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    user, _made = User.objects.get_or_create(username="officer")
    found = Import.objects.filter(pk=number).first()
    begun = time.monotonic()
    if step == "look":
        with path.open("rb") as file:
            reading.look(file)
    elif step == "upload":
        with path.open("rb") as file:
            found = lifecycle.upload(file=file, name=path.name, user=user, now=timezone.now())
    else:
        assert found
        declared = Declaration(
            language="en", proven=True, messages_words="2026.1", gender_words="2026.1", proof="Green folder"
        )
        if step == "trial":
            lifecycle.begin_trial(of=found, columns=guess(found.header), declared=declared, now=timezone.now())
        else:
            lifecycle.carry_out(of=found, user=user, now=timezone.now())
        clerk = Clerk(timezone.now)
        while clerk.work():
            pass
        found.refresh_from_db()
    seconds = time.monotonic() - begun
    told = {"seconds": seconds, "memory": peak_memory(os.getpid())}
    print(json.dumps({**told, "number": found.pk if found else 0, "counts": found.counts if found else {}}))


if __name__ == "__main__":
    main()
