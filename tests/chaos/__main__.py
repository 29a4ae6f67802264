"""``python -m tests.chaos``: see the package."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.ground.databases import POSTGRES, SQLITE, Yard, detach
from tests.ground.environment import become, environment, prepare
from tests.ground.tables import Row, missed, printed

if TYPE_CHECKING:
    from .storm import Report


def main() -> int:
    """Run on each database; the exit status."""
    parser = argparse.ArgumentParser(prog="make chaos", description="A broadcast through a storm.")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20, help="at least so many workers are killed")
    parser.add_argument("--database", choices=[SQLITE, POSTGRES], help="only this one")
    parser.add_argument("--seed", type=int, default=1994)
    parser.add_argument("--keep", action="store_true", help="leave the databases, records and logs behind")
    options = parser.parse_args()
    prepare([options.database] if options.database else [SQLITE, POSTGRES])
    folder = Path(tempfile.mkdtemp(prefix="campaign-chaos-"))
    failed = False
    try:
        become(environment(folder))
        for kind in [options.database] if options.database else [SQLITE, POSTGRES]:
            failed |= not _run(kind, folder / kind, options)
    finally:
        if options.keep:
            print(f"kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return int(failed)


def _run(kind: str, folder: Path, options: argparse.Namespace) -> bool:
    from .storm import Storm

    folder.mkdir()
    variables = environment(folder)
    print(f"{time.strftime('%T')} {kind}: {options.people} people, {options.kills} kills", flush=True)
    yard = Yard(folder, variables)
    database = yard.make(kind)
    try:
        storm = Storm(
            database=database,
            folder=folder,
            environment=variables,
            people=options.people,
            kills=options.kills,
            seed=options.seed,
        )
        rows = list(_rows(storm.run(), options.kills))
    finally:
        detach()
        if options.keep:
            print(f"kept: {database.url}")
        else:
            database.drop()
        yard.close()
    print(printed(f"chaos on {kind}", rows), flush=True)
    return not missed(rows)


def _rows(report: "Report", kills: int) -> list[Row]:
    judgement = report.judgement
    settled = ", ".join(f"{count} {status}" for status, count in sorted(report.statuses.items()))

    def none(name: str, found: list[tuple[str, str]]) -> Row:
        some = f" ({', '.join(address for _channel, address in found[:3])})" if found else ""
        return Row(name, f"{len(found)}{some}", "0", not found)

    return [
        Row("people", str(report.people)),
        Row("deliveries", str(report.deliveries)),
        Row("workers killed", str(report.kills), f">= {kills}", report.kills >= kills),
        Row("workers added, told to stop", f"{report.added}, {report.stopped}"),
        Row("times the database was cut or held", str(report.cuts)),
        Row("nights that passed", str(report.nights)),
        Row("times the broadcast paused itself", str(report.resumed)),
        *(Row(f"  {kind}", str(count)) for kind, count in sorted(report.faults.items())),
        Row("the ledger before anybody decided", settled),
        Row("received", str(report.received)),
        none("lost: accepted, and nobody has it", judgement.lost),
        none("twice", judgement.twice),
        none("received, and the ledger says no", judgement.unsaid),
        none("received, and not in the ledger", judgement.strays),
        none("still open", judgement.open),
        none("given up without need", judgement.given_up),
        *(Row(f"  {reason}", str(count)) for reason, count in report.reasons.most_common(3)),
        Row(
            "uncertain because of kills",
            str(len(judgement.of_kills)),
            f"<= {report.open_lines} open lines of the killed",
            len(judgement.of_kills) <= report.open_lines,
        ),
        Row(
            "uncertain because of receivers",
            str(len(judgement.of_faults)),
            f"<= {report.ambiguous} that left no answer",
            len(judgement.of_faults) <= report.ambiguous,
        ),
        Row("  of the uncertain, received", str(judgement.uncertain_kept)),
        Row("workers that ended by themselves", str(report.died), "0", not report.died),
        Row("workers stopped when told", "yes" if report.stopped_in_time else "no", "yes", report.stopped_in_time),
        Row("finished", "yes" if report.finished else "no", "yes", report.finished),
        Row("check_ledger", "balances" if report.balances else report.balance, "balances", report.balances),
        Row("minutes", f"{report.seconds / 60:.1f}"),
    ]


if __name__ == "__main__":
    os.environ.pop("DATABASE_URL", None)
    sys.exit(main())
