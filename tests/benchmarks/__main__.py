"""``python -m tests.benchmarks``: see the package."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.ground.databases import POSTGRES, SQLITE
from tests.ground.environment import become, environment
from tests.ground.tables import Row, missed, printed

PARTS = ("email", "kill", "telegram", "freeze", "memory")


def main() -> int:
    """Measure what was asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="make bench", description="How fast the product is, beside its limits.")
    parser.add_argument("--only", default=",".join(PARTS), help="with commas: " + ", ".join(PARTS))
    parser.add_argument("--people", type=int, default=20_000, help="messages in a round")
    parser.add_argument("--million", type=int, default=1_000_000, help="people whose audience is fixed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=40.0, help="a round is stopped after so long")
    parser.add_argument("--database", choices=[SQLITE, POSTGRES], help="only this one")
    parser.add_argument("--keep", action="store_true", help="leave logs behind")
    options = parser.parse_args()
    parts = options.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"not a part: {', '.join(sorted(unknown))}")
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
    from .mail import MailBench, Plan

    begun = time.monotonic()
    kinds = [options.database] if options.database else [SQLITE, POSTGRES]
    plan = Plan(people=options.people, rounds=options.rounds, seconds=options.seconds)
    rows: list[Row] = []
    if {"email", "kill"} & set(parts):
        bench = MailBench(folder=folder, environment=environment(folder), kinds=kinds, plan=plan)
        try:
            if "email" in parts:
                rows += [Row("E-MAIL", ""), *bench.rates()]
            if "kill" in parts:
                rows += [Row("KILLED IN THE MIDDLE", ""), *bench.kills()]
        finally:
            bench.close()
    return [*rows, Row("minutes", f"{(time.monotonic() - begun) / 60:.1f}")]


if __name__ == "__main__":
    os.environ.pop("DATABASE_URL", None)
    sys.exit(main())
