"""A row of a list as the person it tells of, or the reason why it tells of nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.audience.addresses import InvalidAddress, address_hash, normalised
from outreach.audience.cells import unguarded
from outreach.audience.choices import ChannelName

from . import values
from .columns import Columns, Field
from .declared import Declaration


class Reason(models.TextChoices):
    """Why a row was not taken; an officer reads the label beside the row's number."""

    NO_ADDRESS = "no_address", _("There is no address")
    ADDRESS = "address", _("This is no e-mail address")
    VALUE = "value", _("This is not one of the values on offer")
    DATE = "date", _("This is no date in the past")
    NO_DATE = "no_date", _("There is no date of consent")
    CELLS = "cells", _("The row has more cells than there are columns")
    DUPLICATE = "duplicate", _("The same address stands further up")
    SUPPRESSED = "suppressed", _("The address must not be written to")
    LEFT = "left", _("The person left, and only they can come back")
    STOPPED = "stopped", _("The address was stopped, because nobody could be reached there")


@dataclass(frozen=True)
class Refused:
    """A row that is not taken: its number, the place of the column that is at fault (−1 for none), and why."""

    row: int
    column: int
    reason: Reason


@dataclass(frozen=True)
class Person:
    """What one row says. Empty is what the file does not say; ``topics`` are ``None`` there."""

    row: int
    address: str
    digest: str
    language: str = ""
    group: str = ""
    gender: str = ""
    parish: str = ""
    topics: tuple[str, ...] | None = None
    given_at: datetime | None = None


class NotTaken(Exception):
    """Carries a :class:`Refused` out of the reading of a row."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


@dataclass(frozen=True)
class Reader:
    """Reads rows by the columns that an officer named; ``key`` hashes addresses, ``now`` is UTC."""

    columns: Columns
    width: int
    declared: Declaration
    key: bytes
    now: datetime

    def read(self, row: int, cells: Sequence[str]) -> Person | Refused:
        """The person in a row, or why there is none."""
        if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            return Refused(row, -1, Reason.CELLS)
        said = {name: unguarded(cells[at].strip()) if at < len(cells) else "" for name, at in self.columns.items()}
        try:
            return self._person(row, said)
        except NotTaken as error:
            return error.refused

    def _person(self, row: int, said: Mapping[str, str]) -> Person:
        def taken(name: str, reason: Reason, read: Callable[[], object]) -> object:
            try:
                return read()
            except (InvalidAddress, values.NotUnderstood):
                raise NotTaken(Refused(row, self.columns[name], reason)) from None

        if not said[Field.ADDRESS]:
            raise NotTaken(Refused(row, self.columns[Field.ADDRESS], Reason.NO_ADDRESS))
        address = taken(
            Field.ADDRESS,
            Reason.ADDRESS,
            lambda: normalised(channel=ChannelName.EMAIL, address=said[Field.ADDRESS]),
        )
        assert isinstance(address, str)
        chosen = {
            name: str(taken(name, Reason.VALUE, lambda name=name: values.choice(name, said[name])))  # type: ignore[misc]
            for name in ("language", "group", "gender", "parish")
            if said.get(name)
        }
        topics = taken("topics", Reason.VALUE, lambda: values.topics(said["topics"])) if said.get("topics") else None
        assert topics is None or isinstance(topics, tuple)
        return Person(
            row=row,
            address=address,
            digest=address_hash(channel=ChannelName.EMAIL, address=address, key=self.key),
            topics=topics,
            given_at=self._given_at(row, said.get(Field.GIVEN_AT, "")) if self.declared.proven else None,
            **chosen,
        )

    def _given_at(self, row: int, cell: str) -> datetime:
        column = self.columns.get(Field.GIVEN_AT, -1)
        text = cell or self.declared.given_on
        if not text:
            raise NotTaken(Refused(row, column, Reason.NO_DATE))
        try:
            return values.moment(text, order=self.declared.date_order if cell else "ymd", now=self.now)
        except values.NotUnderstood:
            raise NotTaken(Refused(row, column, Reason.DATE)) from None
