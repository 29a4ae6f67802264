"""Segments: how many people are in one, who they are like, how two compare, and what became of one over time."""

from .counting import SINGLES_OUT, Comparison, Size, Told, compared, count, people_of, shown, size
from .history import Change, changes, restore, save
from .sample import Likeness, sample
from .use import users_of

__all__ = [
    "SINGLES_OUT",
    "Change",
    "Comparison",
    "Likeness",
    "Size",
    "Told",
    "changes",
    "compared",
    "count",
    "people_of",
    "restore",
    "sample",
    "save",
    "shown",
    "size",
    "users_of",
]
