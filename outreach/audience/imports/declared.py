"""What an officer declares of a whole list: its language and source, and whether its people agreed, and how we know."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from outreach.audience.choices import Purpose
from outreach.audience.models import Import, Wording
from outreach.audience.wording import VERSIONS

OTHER = "other"
NOT_COVERED = ""
IMPORTED = "import-"
"""What the version of words begins with that were declared for one list; its number follows."""


@dataclass(frozen=True)
class Declaration:
    """``messages_words`` and ``gender_words`` are versions of our wording, or :data:`OTHER` for ``other_words``."""

    language: str
    source: str = ""
    updates: bool = False
    proven: bool = False
    given_on: str = ""
    date_order: str = "ymd"
    messages_words: str = ""
    gender_words: str = NOT_COVERED
    other_words: str = ""
    proof: str = ""

    @classmethod
    def of(cls, found: Import) -> "Declaration":
        """What was declared of an import."""
        return cls(**{name: found.options[name] for name in cls.__dataclass_fields__ if name in found.options})

    def as_options(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return asdict(self)

    def versions(self, number: int) -> dict[str, str]:
        """The wording version of each purpose that the proof covers, for the import of that number."""
        chosen = {Purpose.MESSAGES: self.messages_words, Purpose.GENDER_STATISTICS: self.gender_words}
        return {
            purpose.value: f"{IMPORTED}{number}" if version == OTHER else version
            for purpose, version in chosen.items()
            if self.proven and version
        }


def versions_of(purpose: str) -> list[tuple[str, Any]]:
    """What can be chosen as the words that people agreed to, the newest first."""
    published = Wording.objects.filter(purpose=purpose, published_at__isnull=False).order_by("id")
    known = dict.fromkeys([*VERSIONS[Purpose(purpose)], *published.values_list("version", flat=True)])
    return [*((version, version) for version in reversed(known)), (OTHER, _("Other words, written below"))]


def imported_words(version: str) -> str | None:
    """The words that were declared for a list, by the version under which the ledger names them."""
    number = version.removeprefix(IMPORTED)
    if not version.startswith(IMPORTED) or not number.isdecimal():
        return None
    options = Import.objects.filter(pk=number).values_list("options", flat=True).first()
    return (options or {}).get("other_words") or None
