"""The items of the editorial checklist."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import judging
from .judging import Content, Judgement


@dataclass(frozen=True)
class Item:
    """One question of the checklist. ``asked`` is for those that an editor answers with pass or fail.

    Of the others an editor may only say that one does not apply, and why; of one that ``blocks`` not even that.
    """

    key: str
    title: Promise
    question: Promise
    judge: Callable[[Content], Judgement]
    asked: bool = False
    blocks: bool = False


ITEMS = (
    Item(
        "consent",
        _("Consent"),
        _("Has everybody who is shown agreed to it?"),
        judging.judge_consent,
        blocks=True,
    ),
    Item(
        "voices",
        _("Voices"),
        _("Do women and men speak, and women not only as victims or mothers?"),
        judging.judge_voices,
    ),
    Item(
        "images",
        _("Pictures"),
        _("Are people shown as those who act?"),
        judging.judge_images,
    ),
    Item(
        "figures_by_sex",
        _("Figures by sex"),
        _("Do figures about people show women and men, or does the page say why not?"),
        judging.judge_figures,
        asked=True,
    ),
    Item(
        "sources",
        _("Sources"),
        _("Does every figure have a source?"),
        judging.judge_sources,
    ),
    Item(
        "summary",
        _("Plain summary"),
        _("Is the summary understood at first reading?"),
        judging.judge_summary,
    ),
    Item(
        "alt_texts",
        _("Alternative texts"),
        _("Does every picture say in words what it shows?"),
        judging.judge_alt_texts,
    ),
    Item(
        "terms",
        _("Terms"),
        _("Are people called what they would call themselves?"),
        judging.judge_terms,
    ),
    Item(
        "do_no_harm",
        _("Do no harm"),
        _("Is it sure that no person, workplace or village can be found through this page and be harmed?"),
        judging.judge_harm,
        asked=True,
    ),
)
"""The checklist, in the order in which editors see it."""
