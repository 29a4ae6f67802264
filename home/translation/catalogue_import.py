"""Takes translations back from catalogues: first a look at what would change, then all of it in one transaction.

What a catalogue says is judged text by text. A whole file is refused if it is for another page, another language or
another site, or if a text of it carries HTML that no translation needs.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import polib
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail_localize.models import StringSegment, Translation
from wagtail_localize.strings import StringValue

from .catalogue_files import CatalogueFile, RefusedFile

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
SAME_PLACE = ("a",)
"""Tags that a translation has to keep one by one: the address of a link comes from its source."""


class Verdict(models.TextChoices):
    """What becomes of one text of a catalogue."""

    NEW = "new", gettext_lazy("New translation")
    CHANGED = "changed", gettext_lazy("Changed translation")
    SAME = "same", gettext_lazy("As it is already")
    EMPTY = "empty", gettext_lazy("Not translated")
    FUZZY = "fuzzy", gettext_lazy("Marked as fuzzy, left out")
    UNKNOWN = "unknown", gettext_lazy("Not on this page any more, left out")
    LINKS = "links", gettext_lazy("Its links differ, left out")
    PLACEHOLDERS = "placeholders", gettext_lazy("Its placeholders differ, left out")
    TOO_LONG = "too_long", gettext_lazy("Longer than its field, left out")


TAKEN = {Verdict.NEW, Verdict.CHANGED}


@dataclass(frozen=True)
class Judged:
    """One text of a catalogue: where it stands, what the source says, what is and what would be its translation."""

    verdict: Verdict
    path: str
    source: str
    before: str
    after: str
    formatting_differs: bool = False


@dataclass
class Plan:
    """What one catalogue would do to one page."""

    file: str
    translation: Translation
    page: Page
    texts: list[Judged] = field(default_factory=list)

    @property
    def taken(self) -> list[Judged]:
        """The texts that would be saved."""
        return [text for text in self.texts if text.verdict in TAKEN]

    @property
    def noteworthy(self) -> list[Judged]:
        """The texts that a person has to look at: all but those that stay as they are or are empty."""
        return [text for text in self.texts if text.verdict not in (Verdict.SAME, Verdict.EMPTY)]

    def counts(self) -> list[tuple[Verdict, int]]:
        """How many texts got each verdict, those without any left out."""
        counted = Counter(text.verdict for text in self.texts)
        return [(verdict, counted[verdict]) for verdict in Verdict if counted[verdict]]


def plan_import(*, files: Iterable[CatalogueFile], user: User, expected: Page | None = None) -> list[Plan]:
    """What the catalogues would change, without changing anything; ``expected`` is the page that they must be for.

    Raises :class:`RefusedFile` if one of them can't be taken at all.
    """
    plans: dict[int, Plan] = {}
    for file in files:
        plan = _planned(file, user, expected)
        if plan.translation.pk in plans:
            message = _("“%(name)s” and “%(other)s” are for the same page and language.")
            raise RefusedFile(message % {"name": file.name, "other": plans[plan.translation.pk].file})
        plans[plan.translation.pk] = plan
    return list(plans.values())


def apply_import(*, plans: list[Plan], user: User) -> int:
    """Save what the plans take, all or nothing; the number of texts.

    The draft of a page that is not live is saved with its new words. A live page keeps saying what it says until
    somebody publishes its translation. Raises :class:`RefusedFile` if a page refuses its words.
    """
    with transaction.atomic():
        for plan in plans:
            _apply(plan, user)
    return sum(len(plan.taken) for plan in plans)


def fingerprint(plans: list[Plan]) -> str:
    """The same for the same plans: what was looked at is what gets saved."""
    said = [
        [plan.translation.pk, [[text.verdict, text.path, text.source, text.before, text.after] for text in plan.texts]]
        for plan in plans
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _planned(file: CatalogueFile, user: User, expected: Page | None) -> Plan:
    translation = _translation_of(file)
    page: Page = translation.get_target_instance()
    names = {"name": file.name, "page": page.title, "language": translation.target_locale}
    if expected and page.pk != expected.pk:
        message = _("“%(name)s” is for another page: “%(page)s” in %(language)s.")
        raise RefusedFile(message % names)
    permissions = page.permissions_for_user(user)
    if not permissions.can_edit() or permissions.page_locked():
        message = _("“%(name)s” is for “%(page)s” in %(language)s, which you may not edit or which is locked.")
        raise RefusedFile(message % names)
    plan = Plan(file.name, translation, page)
    known = _known_texts(translation)
    for entry in _entries(file.po):
        plan.texts.append(_judge(file, entry, known, page))
    if all(text.verdict is Verdict.UNKNOWN for text in plan.texts):
        raise RefusedFile(_("None of the texts of “%(name)s” stands on “%(page)s”: it is for another page.") % names)
    return plan


def _translation_of(file: CatalogueFile) -> Translation:
    given = file.po.metadata.get("X-WagtailLocalize-TranslationID", "")
    try:
        translation = (
            Translation.objects.filter(uuid=UUID(given), enabled=True).select_related("source", "target_locale").first()
        )
    except ValueError:
        message = _("“%(name)s” does not say which page it is for. Use the catalogue that was exported for the page.")
        raise RefusedFile(message % {"name": file.name}) from None
    target = translation.source.object.get_instance_or_none(translation.target_locale) if translation else None
    if translation is None or not isinstance(target, Page):
        message = _("“%(name)s” is for a page that this site does not have.")
        raise RefusedFile(message % {"name": file.name})
    language = file.po.metadata.get("Language", "").replace("_", "-").lower()
    if language and language.split("-")[0] != translation.target_locale.language_code.split("-")[0].lower():
        message = _("“%(name)s” says that it is in the language “%(said)s”, but its page is in %(language)s.")
        names = {"name": file.name, "said": language, "language": translation.target_locale}
        raise RefusedFile(message % names)
    return translation


def _entries(po: polib.POFile) -> list[polib.POEntry]:
    """The entries that are in use; of two for the same text in the same place, the last that is translated."""
    found: dict[tuple[str, str], polib.POEntry] = {}
    for entry in po:
        if entry.obsolete:
            continue
        key = (entry.msgctxt or "", entry.msgid)
        if key not in found or entry.msgstr:
            found[key] = entry
    return list(found.values())


def _known_texts(translation: Translation) -> dict[tuple[str, str], str]:
    segments = StringSegment.objects.filter(source=translation.source).annotate_translation(
        translation.target_locale, include_errors=True
    )
    return {
        (path, text): translated or ""
        for path, text, translated in segments.values_list("context__path", "string__data", "translation")
    }


def _judge(file: CatalogueFile, entry: polib.POEntry, known: dict[tuple[str, str], str], page: Page) -> Judged:
    path, source, after = entry.msgctxt or "", entry.msgid, entry.msgstr
    _refuse_unsafe(file, entry)
    before = known.get((path, source), "")
    differs = _tags(source) != _tags(after)

    def judged(verdict: Verdict) -> Judged:
        return Judged(verdict, path, source, before, after, bool(after) and differs)

    if (path, source) not in known:
        return judged(Verdict.UNKNOWN)
    if not after.strip():
        return judged(Verdict.EMPTY)
    if entry.fuzzy:
        return judged(Verdict.FUZZY)
    if after == before:
        return judged(Verdict.SAME)
    if _tags(source, SAME_PLACE) != _tags(after, SAME_PLACE):
        return judged(Verdict.LINKS)
    if Counter(PLACEHOLDER.findall(source)) != Counter(PLACEHOLDER.findall(after)):
        return judged(Verdict.PLACEHOLDERS)
    if _too_long(page, path, after):
        return judged(Verdict.TOO_LONG)
    return judged(Verdict.CHANGED if before else Verdict.NEW)


def _refuse_unsafe(file: CatalogueFile, entry: polib.POEntry) -> None:
    try:
        StringValue.from_translated_html(entry.msgstr)
    except ValueError as error:
        message = _("“%(name)s” is refused: the translation of “%(text)s” carries HTML that is not allowed. %(why)s")
        names = {"name": file.name, "text": entry.msgid[:60], "why": error}
        raise RefusedFile(message % names) from None


def _tags(text: str, only: tuple[str, ...] = ()) -> Counter[tuple[str, str]]:
    found = BeautifulSoup(text, "html.parser").find_all(list(only) or True)
    return Counter((tag.name, str(tag.get("id", ""))) for tag in found)


def _too_long(page: Page, path: str, text: str) -> bool:
    try:
        limit = getattr(page.specific_class._meta.get_field(path), "max_length", None)
    except FieldDoesNotExist:
        return False
    return limit is not None and len(StringValue(text).render_text()) > limit


def _apply(plan: Plan, user: User) -> None:
    if not plan.taken:
        return
    po = polib.POFile()
    for text in plan.taken:
        po.append(polib.POEntry(msgctxt=text.path, msgid=text.source, msgstr=text.after))
    plan.translation.import_po(po, user=user, tool_name="PO")
    log(
        instance=plan.page,
        action="home.import_translation",
        user=user,
        data={"file": plan.file, "texts": len(plan.taken)},
    )
    if plan.page.live:
        return
    try:
        plan.translation.save_target(user=user, publish=False)
    except (ValidationError, AttributeError) as error:
        # wagtail-localize stumbles over a refusal that names no field.
        refusal = error if isinstance(error, ValidationError) else error.__context__
        if not isinstance(refusal, ValidationError):
            raise
        message = _("“%(name)s” can't be saved on “%(page)s”: %(why)s")
        names = {"name": plan.file, "page": plan.page.title, "why": " ".join(refusal.messages)}
        raise RefusedFile(message % names) from error
