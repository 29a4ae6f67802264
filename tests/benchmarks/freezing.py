"""Fixing an audience of a million, beside a plain copy of the same rows; and a worker's memory while it sends to them.

``python -m tests.benchmarks.freezing BROADCAST`` starts one broadcast in a process of its own, over the database of
``DATABASE_URL``, and prints how long that took and the most memory that it had.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from tests.ground.databases import POSTGRES, ROOT, Yard, attach, detach
from tests.ground.tables import Row

from .plan import Plan, say
from .postfix import Postfix

OF_PLAIN = 1.5
FLAT = 1.15
"""How much more memory a hundred times the people may take."""
MOST_MEMORY = 200
SENDING_SECONDS = 15.0
MEGABYTE = 1024 * 1024


class FreezeBench:
    """A million people on one kind of database."""

    def __init__(self, *, yard: Yard, folder: Path, environment: Mapping[str, str], kind: str, plan: Plan) -> None:
        from tests.ground import people

        self._kind, self._folder, self._plan = kind, folder, plan
        self._database = yard.make(kind)
        self._environment = {**environment, "DATABASE_URL": self._database.url}
        attach(self._database)
        begun = time.monotonic()
        people.multiply(people=plan.million)
        say(f"{kind}: {plan.million} people were written in {time.monotonic() - begun:.0f} s")

    def close(self) -> None:
        """Drop what was made."""
        detach()
        self._database.drop()

    # --- Freezing ----------------------------------------------------------------------------------------------------

    def rates(self) -> list[Row]:
        """The table's lines about freezing."""
        frozen: list[dict[str, float]] = []
        plain: list[float] = []
        for number in range(1, self._plan.rounds + 1):
            self._clear()
            frozen.append(self._start("everybody"))
            plain.append(self._plain_copy())
            say(f"{self._kind}, round {number}: frozen in {frozen[-1]['seconds']:.1f} s, plain {plain[-1]:.1f} s")
        self._clear()
        few = self._start("rare")
        ratio = median(own["seconds"] / copied for own, copied in zip(frozen, plain, strict=True))
        memory = max(own["memory"] for own in frozen)
        is_judged = self._kind == POSTGRES
        return [
            Row("plain INSERT … SELECT", f"{median(plain):.1f} s"),
            Row(
                "frozen",
                f"{median(own['seconds'] for own in frozen):.1f} s = {ratio:.2f} of it",
                f"<= {OF_PLAIN}" if is_judged else "",
                ratio <= OF_PLAIN if is_judged else None,
            ),
            Row(
                f"  memory, {self._plan.million} and {int(few['rows'])} people",
                f"{memory / MEGABYTE:.0f} and {few['memory'] / MEGABYTE:.0f} MB",
                f"<= {FLAT} times",
                memory <= FLAT * few["memory"],
            ),
        ]

    def _approved(self, segment: str) -> int:
        from django.utils import timezone

        from tests.ground import messages
        from tests.ground.records import EMAIL

        broadcast = messages.approved(channels=[EMAIL], languages=["en"], audience=[segment], now=timezone.now())
        return broadcast.pk

    def _start(self, segment: str) -> dict[str, float]:
        number = self._approved(segment)
        self._flush()
        printed = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.freezing", str(number)],
            cwd=ROOT,
            env=self._environment,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        return json.loads(printed.splitlines()[-1])

    def _plain_copy(self) -> float:
        """Insert the rows of the last freeze once more, read from a table that holds only them; seconds."""
        from django.db import connection, transaction

        from outreach.delivery.models import Delivery

        quote = connection.ops.quote_name
        table = quote(Delivery._meta.db_table)
        columns = ", ".join(quote(field.column) for field in Delivery._meta.concrete_fields if not field.primary_key)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS plain_rows")
            cursor.execute(f"CREATE TABLE plain_rows AS SELECT * FROM {table}")
            self._clear()
            self._flush()
            begun = time.monotonic()
            with transaction.atomic():
                cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM plain_rows")
            seconds = time.monotonic() - begun
            cursor.execute("DROP TABLE plain_rows")
        return seconds

    def _clear(self) -> None:
        """Empty the ledger."""
        from django.db import connection

        from outreach.delivery.models import Delivery

        table = connection.ops.quote_name(Delivery._meta.db_table)
        with connection.cursor() as cursor:
            if self._kind == POSTGRES:
                cursor.execute(f"TRUNCATE {table} CASCADE")
            else:
                cursor.execute("PRAGMA foreign_keys = OFF")
                cursor.execute(f"DELETE FROM {table}")
                cursor.execute("PRAGMA foreign_keys = ON")

    def _flush(self) -> None:
        """Let the database write out what it owes, so that nobody pays for somebody else."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT" if self._kind == POSTGRES else "PRAGMA wal_checkpoint(TRUNCATE)")

    # --- A worker's memory -------------------------------------------------------------------------------------------

    def memory(self) -> list[Row]:
        """The table's lines about the memory of a worker that sends."""
        few, many = self._sending("rare"), self._sending("everybody")
        must = f"<= {MOST_MEMORY} MB, <= {FLAT} times"
        holds = max(few, many) <= MOST_MEMORY * MEGABYTE and many <= FLAT * few
        count = self._plan.million // 100
        return [
            Row(
                f"a worker's memory, {self._plan.million} and {count} people",
                f"{many / MEGABYTE:.0f} and {few / MEGABYTE:.0f} MB",
                must,
                holds,
            )
        ]

    def _sending(self, segment: str) -> int:
        """The most memory of a worker that sends to ``segment`` for some seconds."""
        from tests.ground.processes import Worker

        self._clear()
        self._start(segment)
        with Postfix(self._folder).sink() as sink:
            log = self._folder / f"memory-{self._kind}-{segment}.log"
            worker = Worker(environment={**self._environment, "EMAIL_URL": sink.url}, log=log).wait_ready()
            try:
                time.sleep(SENDING_SECONDS)
                return worker.peak_memory()
            finally:
                worker.stop()
                self._cancel_all()

    def _cancel_all(self) -> None:
        from outreach.broadcasts.models import Broadcast

        Broadcast.objects.filter(state=Broadcast.State.SENDING).update(state=Broadcast.State.CANCELLED)


def main() -> None:
    """Start a broadcast, measured."""
    from tests.ground.environment import become
    from tests.ground.processes import peak_memory

    become(dict(os.environ))
    from django.db import connection
    from django.utils import timezone

    from outreach.delivery import lifecycle
    from outreach.delivery.models import Delivery

    number, now = int(sys.argv[1]), timezone.now()
    connection.ensure_connection()
    begun = time.monotonic()
    if not lifecycle.start(broadcast_id=number, now=now):
        raise RuntimeError(f"broadcast {number} did not start")
    seconds = time.monotonic() - begun
    memory = peak_memory(os.getpid())
    rows = Delivery.objects.filter(broadcast=number).count()
    print(json.dumps({"seconds": seconds, "memory": memory, "rows": rows}))


if __name__ == "__main__":
    main()
