"""The lock files agree with pyproject.toml and with each other; ``make lock`` writes them."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PIN = re.compile(r"^([\w.-]+)==([\w.!+]+)(?: ; .*)? \\$")


def pins(lock: str) -> dict[str, set[str]]:
    """The pinned versions of each package: several where they differ by platform."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if match := PIN.match(line):
            found.setdefault(canonicalize_name(match[1]), set()).add(match[2])
        else:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line), line
    return found


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", PROJECT["dependencies"]),
        ("requirements-dev.lock", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]),
    ],
)
def test_every_dependency_is_pinned_at_a_version_that_it_allows(lock: str, requirements: list[str]) -> None:
    pinned = pins(lock)

    for requirement in map(Requirement, requirements):
        versions = pinned.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in {lock}: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_tests_run_with_the_versions_that_are_served() -> None:
    development = pins("requirements-dev.lock")

    for name, versions in pins("requirements.lock").items():
        assert development[name] == versions, name
