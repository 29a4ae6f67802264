"""Forms of an import: the file, then its columns and what is declared of it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from outreach.audience.choices import Purpose
from outreach.audience.imports import values
from outreach.audience.imports.columns import Columns, Field
from outreach.audience.imports.declared import OTHER, Declaration, versions_of
from outreach.audience.source import as_source

NOT_THERE = "-"
SHORTEST_PROOF = 10
PROVEN, UNPROVEN = "proven", "unproven"


class FileForm(forms.Form):
    """One file; the view reads it, because only that tells whether it is a list. ``entry`` names the form."""

    entry = forms.CharField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        help_text=gettext_lazy(
            "CSV or XLSX, at most 200,000 rows and 50 MB. The first row names the columns. Of a workbook, the "
            "first sheet is read."
        ),
    )


class ListForm(forms.Form):
    """Which column holds what, and what the officer declares of the whole list."""

    def __init__(self, *args: Any, header: Sequence[str], columns: Columns, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(at), _column_name(at, name)) for at, name in enumerate(header)]
        for field in Field:
            name = f"column_{field.value}"
            self.fields[name] = forms.ChoiceField(
                label=field.label,
                choices=[(NOT_THERE, _("Not in the file")), *places],
                initial=str(columns.get(field.value, NOT_THERE)),
                required=False,
            )
        self.fields["column_given_at"].help_text = _("Is read only where consent is proven.")
        for purpose, name in ((Purpose.MESSAGES, "messages_words"), (Purpose.GENDER_STATISTICS, "gender_words")):
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ChoiceField)
            chosen.choices = [("", _("Not covered by the proof")), *versions_of(purpose)]
        self.order_fields([f"column_{field.value}" for field in Field])

    language = forms.ChoiceField(
        label=gettext_lazy("Language of people whose row names none"), choices=settings.LANGUAGES
    )
    date_order = forms.ChoiceField(
        label=gettext_lazy("How dates are written"),
        choices=[
            ("ymd", gettext_lazy("Year first: 2026-11-25")),
            ("dmy", gettext_lazy("Day first: 25/11/2026")),
            ("mdy", gettext_lazy("Month first: 11/25/2026")),
        ],
        help_text=gettext_lazy("Dates of a workbook are known without it."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("The code of a sign-up link, or a short name of the list: letters, digits, - and _."),
    )
    updates = forms.BooleanField(
        label=gettext_lazy("Update people who are active"),
        required=False,
        help_text=gettext_lazy(
            "Language, group, parish and topics take the file's value where it has one; gender only where the person "
            "agreed that it is counted. Consents never change."
        ),
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("Did these people agree to get messages?"),
        widget=forms.RadioSelect,
        choices=[
            (UNPROVEN, gettext_lazy("Not proven: everybody who is new is asked by e-mail, and joins by confirming")),
            (PROVEN, gettext_lazy("Proven: we can show when each of them agreed, and to which words")),
        ],
        error_messages={"required": gettext_lazy("Say whether consent is proven.")},
    )
    messages_words = forms.ChoiceField(label=gettext_lazy("Words about messages"), required=False)
    gender_words = forms.ChoiceField(
        label=gettext_lazy("Words about statistics by gender"),
        required=False,
        help_text=gettext_lazy("Without them no gender is kept."),
    )
    other_words = forms.CharField(
        label=gettext_lazy("The other words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Exactly as people read or heard them."),
    )
    given_on = forms.DateField(
        label=gettext_lazy("Date of consent"),
        required=False,
        widget=AdminDateInput,
        help_text=gettext_lazy("Of rows that have none."),
    )
    proof = forms.CharField(
        label=gettext_lazy("Where the proof is kept"),
        max_length=180,
        required=False,
        help_text=gettext_lazy("So that an inspector can be led to it. Name no person."),
    )

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """The questions about columns."""
        return [self[name] for name in self.fields if name.startswith("column_")]

    @property
    def list_fields(self) -> list[forms.BoundField]:
        """The questions about the list."""
        return [self[name] for name in ("language", "date_order", "source", "updates")]

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        """The questions that are asked where consent is proven."""
        return [self[name] for name in ("messages_words", "gender_words", "other_words", "given_on", "proof")]

    def clean_source(self) -> str:
        """A source as links have it."""
        source = str(self.cleaned_data["source"])
        if source and not as_source(source):
            raise forms.ValidationError(_("Use letters, digits, - and _ only."))
        return source

    def clean(self) -> dict[str, Any]:
        """An address, no column for two things, and all that a proof consists of."""
        given: dict[str, Any] = super().clean() or {}
        columns = self.columns()
        if Field.ADDRESS not in columns:
            self.add_error("column_address", _("Choose the column with the e-mail addresses."))
        places = list(columns.values())
        for name, place in columns.items():
            if places.index(place) != list(columns).index(name):
                self.add_error(f"column_{name}", _("This column is already chosen for something else."))
        if given.get("consent") == PROVEN:
            self._clean_proof(given, columns)
        return given

    def _clean_proof(self, given: dict[str, Any], columns: Columns) -> None:
        if not given.get("messages_words"):
            self.add_error("messages_words", _("Choose the words that people agreed to."))
        if OTHER in {given.get("messages_words"), given.get("gender_words")} and not given.get("other_words"):
            self.add_error("other_words", _("Write the words that people agreed to."))
        if len(given.get("proof", "")) < SHORTEST_PROOF:
            self.add_error("proof", _("Write where the proof is kept, in at least 10 characters."))
        elif "@" in given["proof"]:
            self.add_error("proof", _("Name no person and no address here."))
        if "given_on" not in self.errors:
            self._clean_date(given, columns)

    def _clean_date(self, given: dict[str, Any], columns: Columns) -> None:
        day = given.get("given_on")
        if day is None and Field.GIVEN_AT not in columns:
            self.add_error("given_on", _("Write when people agreed, or choose the column that says it."))
        elif day is not None:
            try:
                values.moment(day.isoformat(), order="ymd", now=timezone.now())
            except values.NotUnderstood:
                self.add_error("given_on", _("This is no date in the past."))

    def columns(self) -> Columns:
        """The chosen columns by field."""
        chosen = {field.value: self.cleaned_data.get(f"column_{field.value}") for field in Field}
        return {name: int(place) for name, place in chosen.items() if place not in {None, "", NOT_THERE}}

    def declared(self) -> Declaration:
        """What was declared; of a list without proof, nothing that only a proof has."""
        given = self.cleaned_data
        plain = {name: given[name] for name in ("language", "source", "updates", "date_order")}
        if given["consent"] != PROVEN:
            return Declaration(**plain)
        day = given["given_on"]
        words = {name: given[name] for name in ("messages_words", "gender_words", "other_words", "proof")}
        return Declaration(**plain, **words, proven=True, given_on=day.isoformat() if day else "")


def _column_name(at: int, name: str) -> str:
    return _("%(number)d: %(name)s") % {"number": at + 1, "name": name or _("without a name")}
