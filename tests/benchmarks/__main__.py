"""``python -m tests.benchmarks``: see the package."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.ground.databases import POSTGRES, SQLITE, Yard, detach
from tests.ground.environment import become, environment, prepare
from tests.ground.tables import Row, missed, printed

from .plan import Plan

PARTS = ("email", "kill", "telegram", "freeze", "memory", "clicks", "reach", "pages", "segments", "imports")


def main() -> int:
    """Measure what was asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="make bench", description="How fast the product is, beside its limits.")
    parser.add_argument("--only", default=",".join(PARTS), help="with commas: " + ", ".join(PARTS))
    parser.add_argument("--people", type=int, default=60_000, help="messages in a round")
    parser.add_argument("--million", type=int, default=1_000_000, help="people whose audience is fixed")
    parser.add_argument("--deliveries", type=int, default=1_000_000, help="the ledger that evaluators ask about")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=40.0, help="a round is stopped after so long")
    parser.add_argument("--database", choices=[SQLITE, POSTGRES], help="only this one")
    parser.add_argument("--keep", action="store_true", help="leave logs behind")
    options = parser.parse_args()
    parts = options.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"not a part: {', '.join(sorted(unknown))}")
    prepare([options.database] if options.database else [SQLITE, POSTGRES])
    folder = Path(tempfile.mkdtemp(prefix="campaign-bench-"))
    # A server that gives up root must be able to enter.
    folder.chmod(0o755)
    try:
        become(environment(folder))
        rows = _measure(parts, folder, options)
    finally:
        if options.keep:
            print(f"kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(printed("bench", rows), flush=True)
    return int(bool(missed(rows)))


def _measure(parts: list[str], folder: Path, options: argparse.Namespace) -> list[Row]:
    from .clicks import ClickBench
    from .freezing import FreezeBench
    from .importing import ImportBench
    from .mail import MailBench
    from .pages import PageBench
    from .reaching import ReachBench
    from .segments import SegmentBench
    from .telegram import TelegramBench

    begun = time.monotonic()
    variables = environment(folder)
    yard = Yard(folder, variables)
    kinds = [options.database] if options.database else [SQLITE, POSTGRES]
    plan = Plan(people=options.people, million=options.million, rounds=options.rounds, seconds=options.seconds)
    rows: list[Row] = []
    try:
        if {"email", "kill"} & set(parts):
            with closing(MailBench(yard=yard, folder=folder, environment=variables, kinds=kinds, plan=plan)) as mail:
                rows += [Row("E-MAIL", ""), *mail.rates()] if "email" in parts else []
                rows += [Row("KILLED IN THE MIDDLE", ""), *mail.kills()] if "kill" in parts else []
        if "telegram" in parts:
            telegram = TelegramBench(yard=yard, folder=folder, environment=variables, kind=kinds[-1], plan=plan)
            with closing(telegram):
                rows += [Row("TELEGRAM", ""), *telegram.rows()]
        if "clicks" in parts:
            for kind in kinds:
                with closing(
                    ClickBench(yard=yard, folder=folder, environment=variables, kind=kind, plan=plan)
                ) as clicks:
                    rows += [Row(f"CLICKS, INTO {kind.upper()}", ""), *clicks.rows()]
        if "pages" in parts:
            for kind in kinds:
                with closing(PageBench(yard=yard, folder=folder, environment=variables, kind=kind, plan=plan)) as pages:
                    rows += [Row(f"PAGES, FROM {kind.upper()}", ""), *pages.rows()]
        if {"freeze", "memory"} & set(parts):
            for kind in kinds:
                freezing = FreezeBench(yard=yard, folder=folder, environment=variables, kind=kind, plan=plan)
                with closing(freezing):
                    rows += [Row(f"A MILLION ON {kind.upper()}", "")]
                    rows += freezing.rates() if "freeze" in parts else []
                    rows += freezing.memory() if "memory" in parts else []
        if "imports" in parts:
            for kind in kinds:
                with closing(ImportBench(yard=yard, folder=folder, environment=variables, kind=kind)) as importing:
                    rows += [Row(f"IMPORTS ON {kind.upper()}", ""), *importing.rows()]
        if "reach" in parts:
            for kind in kinds:
                with closing(ReachBench(yard=yard, kind=kind, deliveries=options.deliveries)) as reach:
                    rows += [Row(f"REACH OVER {options.deliveries:,} ON {kind.upper()}", ""), *reach.rows()]
        if "segments" in parts:
            for kind in kinds:
                # SQLite is for a fifth of the people that PostgreSQL is for.
                count = plan.million if kind == POSTGRES else plan.million // 5
                with closing(SegmentBench(yard=yard, kind=kind, people_in_all=count, plan=plan)) as segments:
                    rows += [Row(f"SEGMENTS OF {count:,} ON {kind.upper()}", ""), *segments.rows()]
    finally:
        detach()
        yard.close()
    return [*rows, Row("minutes", f"{(time.monotonic() - begun) / 60:.1f}")]


if __name__ == "__main__":
    os.environ.pop("DATABASE_URL", None)
    sys.exit(main())
