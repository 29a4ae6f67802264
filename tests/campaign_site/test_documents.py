"""Every name in the README and in CONTRIBUTING exists, and nothing that they must list is missing."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve

from campaign_site.environment import PROVIDER_KEYS
from campaign_site.settings import env
from outreach import roles
from outreach.delivery.models import Delivery
from outreach.demo.accounts import USERS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "CONTRIBUTING.md"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OURS = ("campaign_site", "home", "outreach", "templates", "locale", "media", "tests", ".ci", ".github")
OUTSIDE = {"MAILGUN_SENDER_DOMAIN", "NAME", "ARGS", "PYTHON", "REQUIRE_ALL", "CHROMIUM", "POSTGRES_SERVER", "PASSWORD"}
"""Names in capitals that settings do not read: words of make, of the tests, and of what stands between them."""

STATEMENT = re.compile(r"""(?<=psql )-\w*c (["']).*?\1""")
"""What is said to PostgreSQL, in its words."""

MADE = {".venv", ".env", ".local", ".local/"}
"""What a clone does not have before the first start."""


@pytest.fixture(params=DOCUMENTS)
def text(request: pytest.FixtureRequest) -> str:
    return (ROOT / request.param).read_text(encoding="utf-8")


def code(text: str) -> list[str]:
    """Everything between single backticks, and every line of a block."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return [*inline, *(line for block in blocks for line in block.splitlines())]


def section(title: str) -> str:
    """A part of the README, up to the next heading of its level or above."""
    return re.split(r"^##? ", README.split(f"## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    """The cells of the first table in a part of the README, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_file_and_folder_is_there(text: str) -> None:
    words = {word for part in code(text) for word in re.split(r"[\s=]", part)}
    paths = {word for word in words if word.split("/")[0] in OURS or re.search(r"\w\.(py|toml|lock|md)$", word)}
    missing = {path for path in paths - MADE if not (ROOT / path).exists() and not list(ROOT.rglob(path))}

    assert not missing


def test_every_link_leads_somewhere(text: str) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", text)

    assert targets or "CONTRIBUTING" not in text
    assert not [target for target in targets if not (ROOT / target).exists()]


def test_every_make_target_is_one(text: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    named = {
        word
        for part in code(text)
        if re.match(r"(\S+=\S+ )*make\b", part)
        for word in re.sub(r'\S+=("[^"]*"|\S+)', "", part).split()[1:]
    }

    assert named
    assert named <= targets


def test_contributing_explains_every_make_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    explained = set(re.findall(r"`make ([a-z]+)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))

    assert targets - explained == {"help"}


def test_the_locks_are_resolved_as_written_down() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    commands = [line for line in code(text) if line.startswith("uv ")]

    assert len(commands) == 2
    assert all(f"\t$(BIN)/{command}\n" in makefile for command in commands)


def test_every_command_is_one(text: str) -> None:
    named = {name for part in code(text) for name in re.findall(r"manage\.py ([a-z_]+)", part)}

    assert named
    assert named <= set(get_commands())


def test_every_module_is_one(text: str) -> None:
    named = {name for part in code(text) for name in re.findall(r"(?:-m |python:)(campaign_site\.\w+)", part)}

    assert all(find_spec(name) for name in named)


def test_every_name_in_capitals_stands_in_the_code(text: str) -> None:
    parts = [STATEMENT.sub("", part) for part in code(text)]
    named = {name for part in parts for name in re.findall(r"\b[A-Z][A-Z_]{2,}\b(?!\.)", part)}
    source = "\n".join(
        file.read_text(encoding="utf-8") for folder in OURS[:3] for file in (ROOT / folder).rglob("*.py")
    )

    assert not {name for name in named - env.names - OUTSIDE if not re.search(rf"\b{name}\b", source)}


def test_every_address_of_the_site_leads_to_a_page(text: str) -> None:
    for address in (part for part in code(text) if re.fullmatch(r"/[\w/]*/", part)):
        resolve(address)


def test_the_settings_table_lists_exactly_what_settings_read() -> None:
    listed = [row[0].strip("`") for row in rows("Settings")]

    assert sorted(listed) == sorted(env.names)


def test_every_mail_provider_is_named() -> None:
    row = next(row for row in rows("Settings") if row[0] == "`EMAIL_PROVIDER`")

    assert set(re.findall(r"`([a-z]+)`", row[2])) == set(PROVIDER_KEYS)


def test_the_roles_are_those_of_the_demo() -> None:
    listed = {row[1].strip("`"): row[0] for row in rows("Who does what")}

    assert listed == USERS
    assert set(listed.values()) == {role.name for role in roles.ROLES}


def test_every_state_of_the_ledger_is_explained() -> None:
    ledger = README.split("### The ledger\n", 1)[1].split("###", 1)[0]
    states = set(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", ledger, re.MULTILINE))

    assert {state.strip("` ") for cell in states for state in cell.split(",")} == set(Delivery.Status.values)
