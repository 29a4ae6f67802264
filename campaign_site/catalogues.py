"""The interface's translations: ``python -m campaign_site.catalogues compile``, ``extract`` or ``check``.

``compile`` makes what Django reads out of what translators write, without gettext, which a visitor of the demo need not
have. ``extract`` and ``check`` read the source and do need it. ``check`` ends with status 1 and says what is stale.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

from .languages import LANGUAGES, UNFINISHED

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("campaign_site", "home", "outreach", "templates", "locale")
TRANSLATED = [code for code, _name in LANGUAGES[1:]]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")

Text = tuple[str | None, str, str]
"""What identifies a text: its context, its English, and its English plural."""


def path(language: str, root: Path = ROOT) -> Path:
    """The file of a language's catalogue."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def compile_all(root: Path = ROOT) -> None:
    """Write the ``.mo`` beside every catalogue that changed since; texts marked fuzzy are left out."""
    for source in sorted(root.glob("locale/*/LC_MESSAGES/django.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime <= source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(compiled))


def extract(root: Path = ROOT) -> None:
    """Bring the catalogues under ``root`` up to date with the source there; needs gettext."""
    languages = [argument for code in TRANSLATED for argument in ("--locale", code)]
    ignored = [argument for name in ("tests", "media") for argument in ("--ignore", name)]
    read = ["--extension", "html,mjml,py,txt"]
    form = ["--add-location", "file", "--no-wrap", "--no-obsolete", "--verbosity", "0"]
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", *languages, *ignored, *read, *form],
        cwd=root,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "campaign_site.settings", "DEBUG": "true"},
        check=True,
    )


def problems(root: Path = ROOT) -> Iterator[str]:
    """One line for each thing that keeps a catalogue from being complete and up to date."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in SOURCES:
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        shutil.copy(root / "manage.py", copy)
        extract(copy)
        for language in TRANSLATED:
            if not path(language, root).exists():
                yield f"{language}: there is no catalogue"
                continue
            catalogue = polib.pofile(str(path(language, root)))
            yield from stale(language, catalogue, polib.pofile(str(path(language, copy))))
            yield from unfinished(language, catalogue)


def stale(language: str, catalogue: polib.POFile, fresh: polib.POFile) -> Iterator[str]:
    """How ``catalogue`` differs in its texts from ``fresh``, which was just extracted."""
    have, need = set(_texts(catalogue)), set(_texts(fresh))
    for text in sorted(need - have, key=str):
        yield f"{language}: not in the catalogue: {text[1]!r}"
    for text in sorted(have - need, key=str):
        yield f"{language}: no longer in the source: {text[1]!r}"


def unfinished(language: str, catalogue: polib.POFile) -> Iterator[str]:
    """What is not translated, or so that it would fail: a placeholder lost or invented."""
    for entry in catalogue:
        if entry.obsolete:
            continue
        if entry.fuzzy:
            yield f"{language}: fuzzy: {entry.msgid!r}"
        elif not entry.translated():
            if language not in UNFINISHED:
                yield f"{language}: not translated: {entry.msgid!r}"
        elif any(not _placeholders_agree(entry, string) for string in _translations(entry)):
            yield f"{language}: other placeholders than in English: {entry.msgid!r}"


def _texts(catalogue: polib.POFile) -> Iterator[Text]:
    for entry in catalogue:
        if not entry.obsolete:
            yield entry.msgctxt, entry.msgid, entry.msgid_plural


def _translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def _placeholders_agree(entry: polib.POEntry, string: str) -> bool:
    """A plural form may leave the number out, as "one person" does; nothing may use what the English does not give."""
    needed, used = set(PLACEHOLDER.findall(entry.msgid)), set(PLACEHOLDER.findall(string))
    return used <= needed | set(PLACEHOLDER.findall(entry.msgid_plural)) if entry.msgid_plural else used == needed


def main(argument: str) -> int:
    """Carry out one of the three words; the exit status."""
    if argument == "compile":
        compile_all()
    elif argument == "extract":
        extract()
    else:
        found = list(problems())
        print("\n".join(found) or "The catalogues are complete and up to date.")
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in {"compile", "extract", "check"}:
        sys.exit("python -m campaign_site.catalogues compile | extract | check")
    sys.exit(main(sys.argv[1]))
