"""The shape of documents and of frozen figures in the API, as its description (OpenAPI) prints it."""

from datetime import date
from fractions import Fraction

from ninja import Field, Schema

from outreach.reach.documents.document import Document, Sheet, Value
from outreach.reach.snapshots.listing import Listed

from .answers import CellAnswer, Fact

ValueAnswer = str | int | float | CellAnswer | None


def value_answer(value: Value) -> ValueAnswer:
    """A value of a sheet: a text, a number, a share of 1, a day as ISO 8601, or a figure that may be hidden."""
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return value
    return CellAnswer.of(value)


class SheetAnswer(Schema):
    """A table of a document; its first column names the row."""

    slug: str
    title: str
    headings: list[str]
    rows: list[list[ValueAnswer]]
    note: str

    @classmethod
    def of(cls, sheet: Sheet) -> "SheetAnswer":
        """The answer for a sheet."""
        return cls(
            slug=sheet.slug,
            title=str(sheet.title),
            headings=[str(heading) for heading in sheet.headings],
            rows=[[value_answer(value) for value in row] for row in sheet.rows],
            note=str(sheet.note),
        )


class DocumentAnswer(Schema):
    """What can be taken away as a file, for programs: the same tables with the same figures hidden."""

    title: str
    subtitle: str
    language: str
    about: list[Fact]
    sheets: list[SheetAnswer]
    notes: list[str]

    @classmethod
    def of(cls, document: Document) -> "DocumentAnswer":
        """The answer for a document."""
        return cls(
            title=str(document.title),
            subtitle=str(document.subtitle),
            language=document.language,
            about=[Fact(name=str(name), text=str(text)) for name, text in document.facts],
            sheets=[SheetAnswer.of(sheet) for sheet in document.sheets],
            notes=[str(note) for note in document.notes],
        )


class SnapshotAnswer(Schema):
    """Frozen figures of one broadcast or one period; days are included, in the office's time zone."""

    snapshot: int = Field(description="What to ask for in report?snapshot=…")
    number: int = Field(description="Counts all snapshots in the order in which they were taken.")
    name: str
    kind: str = Field(description="broadcast, month, quarter, year or campaign")
    begins: str
    ends: str
    version: int
    reason: str = Field(description="Why it was corrected; empty for the first version.")
    is_newest: bool
    is_public: bool
    taken_at: str = Field(description="ISO 8601, UTC")
    digest: str = Field(description="SHA-256 of what is stored, in hexadecimal.")

    @classmethod
    def of(cls, listed: Listed) -> "SnapshotAnswer":
        """The answer for one line of the list."""
        snapshot = listed.snapshot
        return cls(
            snapshot=snapshot.pk,
            number=snapshot.number,
            name=listed.name,
            kind=snapshot.kind,
            begins=snapshot.first_day.isoformat(),
            ends=snapshot.last_day.isoformat(),
            version=snapshot.version,
            reason=snapshot.reason,
            is_newest=listed.is_newest,
            is_public=listed.is_public,
            taken_at=snapshot.taken_at.isoformat(),
            digest=snapshot.digest,
        )
