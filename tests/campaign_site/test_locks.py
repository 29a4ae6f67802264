"""The lock files agree with pyproject.toml and with each other; ``make lock`` writes them."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
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


PEERS = {"post_office"}
"""What the benchmarks install into a folder of their own, to compare with it."""


def imported(*folders: str) -> Iterator[str]:
    """The top-level names that the code below ``folders`` imports from elsewhere."""
    ours = {"campaign_site", "home", "outreach", "tests"}
    for file in (file for folder in folders for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            yield from {name.partition(".")[0] for name in names} - ours - sys.stdlib_module_names


@pytest.mark.parametrize(
    ("folders", "requirements"),
    [
        (("campaign_site", "home", "outreach"), PROJECT["dependencies"]),
        (("tests",), [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]),
    ],
)
def test_what_is_imported_is_declared(folders: tuple[str, ...], requirements: list[str]) -> None:
    declared = {canonicalize_name(Requirement(requirement).name) for requirement in requirements}
    packages = packages_distributions()

    for name in set(imported(*folders)) - PEERS:
        assert declared & {canonicalize_name(package) for package in packages.get(name, [])}, name
