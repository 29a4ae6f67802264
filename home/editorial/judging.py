"""What can be judged of a page without asking anybody, one function for each item of the checklist.

A judgement reads one page as it is on the object, drafts included. Where a computer can't know, it is
``UNANSWERED``, and an editor answers.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.models import Page

from . import gate, plainness
from .office_day import office_day
from .passages import Passage, passages
from .people import STATED, Picture, Voice, counted, pictures, voices
from .terms import Warning, warnings


class State(models.TextChoices):
    """What an item of a page's checklist comes to, the most pressing first."""

    BLOCKS = "blocks", gettext_lazy("Blocks publishing")
    FAIL = "fail", gettext_lazy("Fails")
    STALE = "stale", gettext_lazy("Answered for an earlier version")
    UNANSWERED = "unanswered", gettext_lazy("Not answered")
    NOT_APPLICABLE = "not_applicable", gettext_lazy("Does not apply")
    PASS = "pass", gettext_lazy("Passes")


OPEN = {State.BLOCKS, State.FAIL, State.STALE, State.UNANSWERED}
"""States in which somebody has something to do."""


@dataclass(frozen=True)
class Judgement:
    """What was found, in words, and what to do next where something is to be done."""

    state: State
    finding: str
    advice: str = ""
    warnings: tuple[Warning, ...] = ()


class Content:
    """A page as the items read it: its words, people and pictures, each taken out once, when it is asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.language: str = page.locale.language_code
        self.is_infographic = hasattr(page, "text_summary")
        self.figures = counted(page, "figure") + counted(page, "infographic") + self.is_infographic
        self.has_quotes = any(
            "quote" in getattr(field, "stream_block", _NoBlocks).child_blocks for field in page._meta.fields
        )

    @cached_property
    def passages(self) -> list[Passage]:
        """Its words."""
        return passages(self.page)

    @cached_property
    def voices(self) -> list[Voice]:
        """Who speaks."""
        return voices(self.page)

    @cached_property
    def pictures(self) -> list[Picture]:
        """What is shown."""
        return pictures(self.page)


class _NoBlocks:
    child_blocks: dict[str, Any] = {}


def judge_voices(content: Content) -> Judgement:
    """Women and men speak, and women not only as those to whom something happens."""
    if not content.has_quotes:
        return Judgement(State.NOT_APPLICABLE, _("A page of this kind quotes nobody."))
    people = content.voices
    if not people:
        return Judgement(
            State.UNANSWERED,
            _("Nobody is quoted."),
            _("Let somebody whom it concerns speak, or say why this page does without."),
        )
    stated = [voice for voice in people if voice.gender in STATED]
    women = [voice for voice in stated if voice.gender == "woman"]
    others = [voice for voice in stated if voice.gender != "woman"]
    finding = ngettext("%(people)d person is quoted", "%(people)d people are quoted", len(people)) + ": "
    finding += _("women %(women)d, men and others %(others)d, no gender stated %(unknown)d.")
    finding %= {
        "people": len(people),
        "women": len(women),
        "others": len(others),
        "unknown": len(people) - len(stated),
    }
    if not stated:
        return Judgement(
            State.UNANSWERED, finding, _("Ask the speakers how they describe themselves, or say why you did not.")
        )
    if not women or not others:
        missing = _("No woman speaks.") if not women else _("Only women speak.")
        return Judgement(
            State.FAIL,
            f"{finding} {missing}",
            _("Look for another voice, or say why one page may be one-sided: the balance over 90 days is what counts."),
        )
    known = {"expert", "official", "employer"}
    if not any(voice.function in known for voice in women) and all(voice.function in known for voice in others):
        return Judgement(
            State.FAIL,
            _("%(finding)s Women speak of what happened to them, the others as those who know or decide.")
            % {"finding": finding},
            _("Ask a woman who knows or decides as well, or say why not."),
        )
    return Judgement(State.PASS, finding)


def judge_images(content: Content) -> Judgement:
    """People are shown doing something."""
    shown = [picture for picture in content.pictures if picture.shows_people]
    if not shown:
        return Judgement(State.NOT_APPLICABLE, _("No picture shows people."))
    roles = [picture.role for picture in shown]
    finding = _("Pictures of people: %(active)d active, %(passive)d passive, %(background)d in the background.") % {
        "active": roles.count("active"),
        "passive": roles.count("passive"),
        "background": roles.count("background"),
    }
    if "nobody" in roles:
        return Judgement(
            State.FAIL,
            finding + " " + _("One that shows people says that nobody is shown."),
            _("Say how people are shown."),
        )
    if "active" not in roles:
        return Judgement(State.FAIL, finding, _("Show people who do, decide or speak, or say why this page can't."))
    return Judgement(State.PASS, finding)


def judge_figures(content: Content) -> Judgement:
    """Figures about people are given for women and men, or it is said why not."""
    if not content.figures:
        return Judgement(State.NOT_APPLICABLE, _("This page has no figures."))
    return Judgement(
        State.UNANSWERED,
        ngettext("%(count)d figure or chart.", "%(count)d figures and charts.", content.figures)
        % {"count": content.figures},
        _("Does each give women and men apart, or does the text say why it can't?"),
    )


def judge_sources(content: Content) -> Judgement:
    """Every figure has a source."""
    page = content.page
    if not content.figures:
        return Judgement(State.NOT_APPLICABLE, _("This page has no figures."))
    without = [
        block.value["label"]
        for name in ("body",)
        for block in getattr(page, name, None) or ()
        if getattr(block, "block_type", "") == "figure" and not (block.value.get("source") or "").strip()
    ]
    if without:
        return Judgement(
            State.FAIL,
            _("No source for: %(figures)s") % {"figures": "; ".join(without)},
            _("Fill in the source of each figure."),
        )
    if not (getattr(page, "sources", None) or str(getattr(page, "source", "")).strip()):
        return Judgement(State.FAIL, _("The page names no source."), _("Fill in who published the figures, and when."))
    return Judgement(State.PASS, _("Every figure has a source."))


def judge_summary(content: Content) -> Judgement:
    """The summary can be understood at first reading."""
    summary = getattr(content.page, "summary", "").strip()
    if not summary:
        return Judgement(State.FAIL, _("There is no summary."), _("Write one or two short sentences."))
    number, longest = len(plainness.sentences(summary)), plainness.longest_sentence(summary)
    years = plainness.years_of_school(summary) if content.language == "en" else None
    finding = ngettext(
        "%(sentences)d sentence; the longest has %(words)d words.",
        "%(sentences)d sentences; the longest has %(words)d words.",
        number,
    ) % {"sentences": number, "words": longest}
    if years is not None:
        finding += " " + _("It asks for about %(years)d years of school.") % {"years": max(round(years), 1)}
    advice = []
    if number > plainness.LONGEST_SUMMARY:
        advice.append(_("Two sentences are enough."))
    if longest > plainness.LONGEST_SENTENCE:
        advice.append(_("No sentence over %(words)d words.") % {"words": plainness.LONGEST_SENTENCE})
    if years is not None and years > plainness.YEARS_OF_SCHOOL:
        advice.append(_("Shorter words and sentences: nine years of school should do."))
    return Judgement(State.FAIL if advice else State.PASS, finding, " ".join(advice))


FILE_NAME = re.compile(r"\.(jpe?g|png|gif|webp|avif)$|^(img|dsc|image)[ _-]?\d+", re.IGNORECASE)


def judge_alt_texts(content: Content) -> Judgement:
    """Every picture says in words what it shows."""
    if not content.pictures:
        return Judgement(State.NOT_APPLICABLE, _("This page has no pictures."))
    wrong = [
        picture.index + 1 for picture in content.pictures if not picture.alt_text or FILE_NAME.search(picture.alt_text)
    ]
    if wrong:
        return Judgement(
            State.FAIL,
            _("Without words for those who cannot see it: block %(blocks)s.") % {"blocks": ", ".join(map(str, wrong))},
            _("Say in one sentence what the picture shows and why it stands here."),
        )
    return Judgement(State.PASS, _("Every picture has an alternative text."))


def judge_terms(content: Content) -> Judgement:
    """No word of the glossary's words to avoid, outside quotations."""
    found = tuple(warnings(content.page, content.passages))
    if not found:
        return Judgement(State.PASS, _("No word to avoid."))
    finding = ngettext("%(count)d word to avoid.", "%(count)d words to avoid.", len(found)) % {"count": len(found)}
    return Judgement(
        State.FAIL, finding, _("Write what stands beside it, or say why the word is right here."), warnings=found
    )


def judge_harm(content: Content) -> Judgement:
    """Nobody can be found or harmed through what the page tells."""
    return Judgement(
        State.UNANSWERED,
        _("Only somebody who knows the place can say."),
        _("Read it as an employer, an official or a neighbour would, then answer."),
    )


def judge_consent(content: Content) -> Judgement:
    """Whoever can be recognised in a photo has consented."""
    shown = [picture for picture in content.pictures if picture.shows_people]
    if not shown:
        return Judgement(State.NOT_APPLICABLE, _("No picture shows people."))
    if faults := gate.faults(content.page, day=office_day()):
        return Judgement(
            State.BLOCKS,
            " ".join(str(lack) for _picture, lack in faults),
            _("Until then the page can't be published."),
        )
    return Judgement(State.PASS, _("Every photo of people has a consent that holds today."))
