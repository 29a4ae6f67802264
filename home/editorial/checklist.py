"""The checklist of a page: what was judged, what was answered, by whom, and what is still open."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from wagtail.fields import StreamField
from wagtail.models import Locale, Page

from .items import ITEMS, Item
from .judging import OPEN, Content, Judgement, State
from .models import ChecklistAnswer
from .passages import passages

Answer = ChecklistAnswer.Answer


class ReasonMissing(Exception):
    """“Not applicable” and “fail” need a reason, in words."""


class AnswerRefused(Exception):
    """The item can't be answered in this way: it is judged by what the page says."""


@dataclass(frozen=True)
class Entry:
    """One item of a page: where it stands, what was found and the last answer, if there is one."""

    item: Item
    state: State
    judgement: Judgement
    answer: ChecklistAnswer | None

    @property
    def is_open(self) -> bool:
        """Whether somebody has something to do."""
        return self.state in OPEN


def answers_to(item: Item) -> list[Answer]:
    """What an editor may answer to an item."""
    if item.blocks:
        return []
    return [Answer.PASS, Answer.FAIL, Answer.NOT_APPLICABLE] if item.asked else [Answer.NOT_APPLICABLE]


def checklist(
    page: Page, *, items: Iterable[Item] = ITEMS, answers: Mapping[str, ChecklistAnswer] | None = None
) -> list[Entry]:
    """The checklist of a page as it is on the object, drafts included, or some of its ``items``.

    ``answers`` are the last ones by the key of their item, for whoever read those of many pages at once.
    """
    content = Content(page)
    if answers is None:
        answers = last_answers([page.translation_key]).get(page.translation_key, {})
    judged = [(item, item.judge(content), answers.get(item.key)) for item in items]
    matters = any(given and judgement.state in OPEN for _item, judgement, given in judged)
    current = content_hash(source_of(page)) if matters else ""
    return [_entry(item, judgement, given, current) for item, judgement, given in judged]


def open_entries(page: Page) -> list[Entry]:
    """What is still to be done for a page."""
    return [entry for entry in checklist(page) if entry.is_open]


def answer(*, page: Page, item: Item, answer: str, reason: str, user: User, now: datetime) -> ChecklistAnswer:
    """Note an editor's answer for what the page says now.

    Raises :class:`AnswerRefused` and :class:`ReasonMissing`.
    """
    if answer not in answers_to(item):
        raise AnswerRefused(item.key)
    if answer != Answer.PASS and not reason.strip():
        raise ReasonMissing(item.key)
    source = source_of(page)
    return ChecklistAnswer.objects.create(
        page_key=page.translation_key,
        item=item.key,
        answer=answer,
        reason=reason.strip(),
        content_hash=content_hash(source),
        revision=source.latest_revision,
        answered_by=user,
        answered_at=now,
    )


def source_of(page: Page) -> Page:
    """The page in the source language as it is being edited: answers are given for what it says.

    A page that has no version in the source language stands for itself.
    """
    if page.locale_id == Locale.get_default().pk:
        return page
    source = Page.objects.filter(
        translation_key=page.translation_key, locale=Locale.get_default(), alias_of=None
    ).first()
    return source.get_latest_revision_as_object() if source else page


def content_hash(page: Page) -> str:
    """Changes if and only if the page says or shows something else: its texts and its blocks."""
    streams = [
        [(block["type"], block["value"]) for block in getattr(page, field.name).get_prep_value()]
        for field in page._meta.get_fields()
        # The words of a sign-up form are among the passages, and the rest of it says nothing.
        if isinstance(field, StreamField) and field.name != "join"
    ]
    said: list[Any] = [[(passage.place, passage.text) for passage in passages(page)], streams]
    if hasattr(page, "data"):
        said.append(page.data)
    return hashlib.sha256(json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def last_answers(keys: Iterable[UUID]) -> dict[UUID, dict[str, ChecklistAnswer]]:
    """The last answer to each item, by page and item. One query."""
    found: dict[UUID, dict[str, ChecklistAnswer]] = {}
    rows = ChecklistAnswer.objects.filter(page_key__in=list(keys)).select_related("answered_by")
    for row in rows.order_by("answered_at", "pk"):
        found.setdefault(row.page_key, {})[row.item] = row
    return found


def _entry(item: Item, judgement: Judgement, given: ChecklistAnswer | None, current: str) -> Entry:
    """An answer counts where one was needed, and while the page still says what it was given for."""
    needed = judgement.state in OPEN and given is not None and given.answer in answers_to(item)
    if not needed or given is None:
        return Entry(item, judgement.state, judgement, None)
    state = State(given.answer) if given.content_hash == current else State.STALE
    return Entry(item, state, judgement, given)


def summary(entries: list[Entry]) -> str:
    """The open items in one line, for messages; empty if nothing is open."""
    names = [str(entry.item.title) for entry in entries if entry.is_open]
    return _("Open in the checklist: %(items)s.") % {"items": ", ".join(names)} if names else ""
