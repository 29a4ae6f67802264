"""Adds numbers to rows that may not be there yet, whoever else adds to them at the same time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import F


def add(model: type[models.Model], fields: Sequence[str], counts: Mapping[tuple[Any, ...], Counter[str]]) -> None:
    """Add ``counts``, by the values of ``fields``; those must be unique together. In a fixed order, for the locks."""
    keys = sorted(counts, key=str)
    rows: models.Manager[Any] = model._default_manager
    rows.bulk_create(
        [model(**dict(zip(fields, key, strict=True))) for key in keys], ignore_conflicts=True, batch_size=500
    )
    for key in keys:
        added = {name: F(name) + number for name, number in counts[key].items() if number}
        if added:
            rows.filter(**dict(zip(fields, key, strict=True))).update(**added)
