"""The form of a sheet: its head, and a row for each person who signed."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from outreach.audience.addresses import InvalidAddress, normalised
from outreach.audience.choices import ChannelName, Gender, Group, Parish, Purpose
from outreach.audience.forms import INVALID_CHOICE
from outreach.audience.models import JoinLink

from .entering import Head, SignedRow
from .versions import versions

ROWS, MOST_ROWS = 10, 100
OLDEST = timedelta(days=365)
LONGEST_EVIDENCE = 180


class SheetForm(forms.Form):
    """What holds for the whole sheet. Takes ``today``, the day in the office's zone."""

    entry = forms.UUIDField(widget=forms.HiddenInput)
    link = forms.ModelChoiceField(
        queryset=JoinLink.objects.all(),
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("The sign-up link whose code is printed on the sheet."),
        error_messages={**INVALID_CHOICE, "required": gettext_lazy("Choose the place.")},
    )
    signed_on = forms.DateField(
        label=gettext_lazy("Date on the sheet"),
        widget=AdminDateInput,
        help_text=gettext_lazy("The day on which people signed."),
        error_messages={
            "required": gettext_lazy("Write the date that stands on the sheet."),
            "invalid": gettext_lazy("Write the date like 2026-11-30."),
        },
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the sheet"), choices=settings.LANGUAGES, error_messages=INVALID_CHOICE
    )
    evidence = forms.CharField(
        label=gettext_lazy("Where the sheet is kept"),
        max_length=LONGEST_EVIDENCE,
        help_text=gettext_lazy("So that it can be found when somebody asks, like “Binder 3, sheet 12”. No names."),
        error_messages={"required": gettext_lazy("Say where the signed sheet can be found.")},
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["entry"].initial = uuid.uuid4
        for purpose in Purpose:
            self.fields[f"version_{purpose}"] = forms.ChoiceField(
                label=_("Version of the words: %(purpose)s") % {"purpose": purpose.label},
                choices=[(version, version) for version in versions(purpose)],
                error_messages=INVALID_CHOICE,
            )

    def clean_signed_on(self) -> date:
        """A day that was, and not so long ago that it is a slip or says nothing any more."""
        day: date = self.cleaned_data["signed_on"]
        if day > self.today:
            raise ValidationError(_("This day is still to come."))
        if day < self.today - OLDEST:
            raise ValidationError(_("That is more than a year ago: ask these people again."))
        return day

    def clean_evidence(self) -> str:
        """A place, and nobody's address: it stands in the log."""
        if "@" in self.cleaned_data["evidence"]:
            raise ValidationError(_("Write where the sheet is kept, without any address."))
        return str(self.cleaned_data["evidence"])

    @property
    def head(self) -> Head:
        """What was typed, of a valid form."""
        answers = self.cleaned_data
        return Head(
            wording_versions={str(purpose): answers[f"version_{purpose}"] for purpose in Purpose},
            **{name: answers[name] for name in ("link", "signed_on", "language", "evidence")},
        )


def _choice(label: Any, choices: Any, empty: Any) -> forms.ChoiceField:
    offered = [("", empty)] + [choice for choice in choices if choice[0]]
    return forms.ChoiceField(label=label, choices=offered, required=False, error_messages=INVALID_CHOICE)


class RowForm(forms.Form):
    """One person. A row without an address is an empty one, unless something else of it is filled in."""

    address = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        error_messages={"required": gettext_lazy("Write the address, or empty the row.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    language = _choice(gettext_lazy("Language"), settings.LANGUAGES, gettext_lazy("As the sheet"))
    parish = _choice(gettext_lazy("Parish"), Parish.choices, gettext_lazy("Not stated"))
    group = _choice(gettext_lazy("Group"), Group.choices, gettext_lazy("Not stated"))
    gender = _choice(gettext_lazy("Gender"), Gender.choices, gettext_lazy("Not stated"))
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"),
        choices=list(settings.TOPICS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose among the topics.")},
    )
    messages = forms.BooleanField(
        label=Purpose.MESSAGES.label,
        error_messages={"required": gettext_lazy("Without this tick on the paper we must not write: empty the row.")},
    )
    gender_statistics = forms.BooleanField(label=Purpose.GENDER_STATISTICS.label, required=False)
    open_tracking = forms.BooleanField(label=Purpose.OPEN_TRACKING.label, required=False)
    click_tracking = forms.BooleanField(label=Purpose.CLICK_TRACKING.label, required=False)

    SELECTS = ("language", "parish", "group", "gender")

    @property
    def selects(self) -> list[forms.BoundField]:
        """The questions with one answer."""
        return [self[name] for name in self.SELECTS]

    @property
    def ticks(self) -> list[forms.BoundField]:
        """The consents, in the order in which they are printed."""
        return [self[purpose] for purpose in Purpose.values]

    def clean_address(self) -> str:
        """The address as it is kept."""
        try:
            return normalised(channel=ChannelName.EMAIL, address=self.cleaned_data["address"])
        except InvalidAddress as error:
            raise ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        """No gender without the consent to count it."""
        answers = self.cleaned_data
        is_said = answers.get("gender") not in {None, Gender.NOT_ASKED, Gender.UNDISCLOSED}
        if is_said and not answers.get("gender_statistics"):
            self.add_error("gender", _("Without the tick for statistics by gender we must not keep this."))
        return answers

    def signed(self, *, number: int, language: str) -> SignedRow:
        """What was typed, of a valid and filled-in row; ``language`` is the sheet's."""
        answers = self.cleaned_data
        return SignedRow(
            number=number,
            address=answers["address"],
            language=answers["language"] or language,
            purposes=frozenset(purpose for purpose in Purpose.values if answers[purpose]),
            topics=tuple(answers["topics"]),
            **{name: answers[name] for name in ("group", "gender", "parish")},
        )


class _Rows(forms.BaseFormSet):
    """All rows together."""

    def clean(self) -> None:
        """Nobody twice, and somebody at all; said where it can be mended, even if other rows are wrong."""
        seen: set[str] = set()
        for form in self.forms:
            address = getattr(form, "cleaned_data", {}).get("address")
            if address in seen:
                form.add_error("address", _("This address stands on the sheet already."))
            if address:
                seen.add(address)
        if not any(form.has_changed() for form in self.forms):
            raise ValidationError(_("Fill in at least one row."))

    def signed(self, *, language: str) -> list[SignedRow]:
        """The filled-in rows, numbered as they stand."""
        return [
            form.signed(number=number, language=language)
            for number, form in enumerate(self.forms, start=1)
            if form.has_changed()
        ]


RowFormSet = forms.formset_factory(
    RowForm, formset=_Rows, extra=ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)
