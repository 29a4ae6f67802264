import gettext
import os
import shutil
from pathlib import Path

import polib
import pytest

from campaign_site import catalogues
from campaign_site.languages import LANGUAGES


def catalogue(*entries: polib.POEntry) -> polib.POFile:
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n > 1);"}
    made.extend(entries)
    return made


def entry(msgid: str, msgstr: str = "", **more: object) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    file = catalogues.path("ht", tmp_path)
    file.parent.mkdir(parents=True)
    catalogue(
        entry("Leave", "Kite"), entry("Join", "Antre", flags=["fuzzy"]), entry("Story", "Istwa", msgctxt="menu")
    ).save(str(file))
    return tmp_path


def compiled(root: Path) -> gettext.GNUTranslations:
    return gettext.translation("django", root / "locale", ["ht"])


def test_a_language_that_gettext_never_heard_of_is_compiled(root: Path) -> None:
    catalogues.compile_all(root)

    assert compiled(root).gettext("Leave") == "Kite"
    assert compiled(root).pgettext("menu", "Story") == "Istwa"


def test_a_fuzzy_translation_is_not_shown(root: Path) -> None:
    catalogues.compile_all(root)

    assert compiled(root).gettext("Join") == "Join"


def test_only_a_catalogue_that_changed_is_compiled_again(root: Path) -> None:
    catalogues.compile_all(root)
    made = catalogues.path("ht", root).with_suffix(".mo")
    made.write_bytes(b"as it was")
    os.utime(catalogues.path("ht", root), (1, 1))

    catalogues.compile_all(root)

    assert made.read_bytes() == b"as it was"


def test_texts_that_are_missing_or_gone_make_a_catalogue_stale() -> None:
    found = list(catalogues.stale("fr", catalogue(entry("old")), catalogue(entry("new"))))

    assert found == ["fr: not in the catalogue: 'new'", "fr: no longer in the source: 'old'"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (entry("Leave"), "fr: not translated: 'Leave'"),
        (entry("Leave", "Partir", flags=["fuzzy"]), "fr: fuzzy: 'Leave'"),
        (entry("%(n)s left", "partis"), "fr: other placeholders than in English: '%(n)s left'"),
        (entry("left", "{n} partis"), "fr: other placeholders than in English: 'left'"),
    ],
)
def test_what_would_show_english_or_fail_is_named(text: polib.POEntry, problem: str) -> None:
    assert list(catalogues.unfinished("fr", catalogue(text))) == [problem]


def test_a_plural_form_may_say_one_without_a_number() -> None:
    plural = entry("%(n)s person", msgid_plural="%(n)s people", msgstr_plural={0: "une personne", 1: "%(n)s personnes"})

    assert list(catalogues.unfinished("fr", catalogue(plural))) == []


def test_a_language_that_is_open_for_translation_may_have_gaps() -> None:
    assert list(catalogues.unfinished("acf", catalogue(entry("Leave")))) == []


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the programs, and no text but theirs."""
    if not shutil.which("xgettext"):
        pytest.skip("needs gettext to read the source")
    for name in catalogues.SOURCES:
        (tmp_path / name).mkdir()
    for name in ("campaign_site", "home", "outreach"):
        shutil.copytree(catalogues.ROOT / name, tmp_path / name, dirs_exist_ok=True)
    shutil.copy(catalogues.ROOT / "manage.py", tmp_path)
    return tmp_path


def test_source_and_catalogues_are_compared_for_every_language_but_the_source_language(source: Path) -> None:
    found = list(catalogues.problems(source))

    assert found == [f"{code}: there is no catalogue" for code, _name in LANGUAGES[1:]]


def test_texts_that_stand_only_in_a_mail_are_extracted(source: Path) -> None:
    (source / "templates" / "mail.mjml").write_text('{% load i18n %}{% translate "Only here" %}')

    catalogues.extract(source)

    assert polib.pofile(str(catalogues.path("fr", source))).find("Only here")
