"""Which column of a file holds what: guessed from its name in the languages of the site, and remembered."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.audience.models import ColumnMapping

NAMES = {
    "address": (
        *("email", "mail", "email address", "mail address", "e mail", "courriel", "adresse", "adresse electronique"),
        *("adresse email", "adresse mail", "correo", "correo electronico", "direccion de correo", "imel", "adres imel"),
        *("adres", "address"),
    ),
    "language": ("language", "lang", "langue", "idioma", "lengua", "lang lan", "preferred language"),
    "group": ("group", "role", "groupe", "profil", "profile", "grupo", "gwoup"),
    "gender": ("gender", "sex", "genre", "sexe", "genero", "sexo", "seks"),
    "parish": ("parish", "paroisse", "parroquia", "pawas", "place", "district"),
    "topics": ("topics", "topic", "interests", "themes", "theme", "sujets", "temas", "tema", "sije"),
    "given_at": (
        *("consent date", "date of consent", "consented", "date", "signed", "signed on", "opt in date", "optin date"),
        *("date du consentement", "date de consentement", "fecha", "fecha de consentimiento", "dat", "dat konsantman"),
    ),
}
"""By field, what its column may be called, as :func:`plain` writes it."""


class Field(models.TextChoices):
    """What a column can hold of a person; nothing else in a file is ever kept."""

    ADDRESS = "address", _("E-mail address")
    LANGUAGE = "language", _("Language")
    GROUP = "group", _("Group")
    GENDER = "gender", _("Gender")
    PARISH = "parish", _("Parish")
    TOPICS = "topics", _("Topics")
    GIVEN_AT = "given_at", _("Date of consent")


Columns = dict[str, int]
"""The place of a field's column, counted from 0."""


def plain(text: str) -> str:
    """A name as it is compared: without accents, capitals and signs."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", bare.casefold()).split())


def guess(header: Sequence[str]) -> Columns:
    """The columns whose names say what they hold; of several, the one with the most usual name."""
    names = [plain(name) for name in header]
    found = {}
    for field, known in NAMES.items():
        place = next((names.index(name) for name in known if name in names), None)
        if place is not None:
            found[field] = place
    return found


def remembered(header: Sequence[str]) -> Columns:
    """What was chosen for the last file with the same names, else a guess."""
    kept = ColumnMapping.objects.filter(header_hash=_hash(header)).values_list("mapping", flat=True).first()
    if kept is None:
        return guess(header)
    return {field: place for field, place in kept.items() if field in Field.values and 0 <= place < len(header)}


def remember(*, header: Sequence[str], mapping: Mapping[str, int], now: datetime) -> None:
    """Keep what was chosen; only the names' hash is kept, because a file may have a person's name above a column."""
    ColumnMapping.objects.update_or_create(
        header_hash=_hash(header), defaults={"mapping": dict(mapping), "used_at": now}
    )


def _hash(header: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([plain(name) for name in header]).encode()).hexdigest()
