"""What the forms share that anybody may send, without a session: an address, and two traps for programs.

One trap is a field that no person sees, the other the time for which the form was open (see :mod:`.form_token`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from . import form_token
from .addresses import InvalidAddress, normalised
from .choices import ChannelName


def email_field(*, help_text: Any) -> forms.CharField:
    """The question for an address; the form that has it says what comes there."""
    return forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=help_text,
        error_messages={
            "required": _("Write your e-mail address."),
            "max_length": _("An e-mail address has at most 254 characters."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
    )


class SummedUp:
    """Tells all errors of a form in the order of the page, each with the id of the field that it leads to."""

    @property
    def error_links(self: Any) -> list[tuple[str, str]]:
        """Pairs of an id and an error."""
        first = next(iter(self.fields))
        found = [(first, str(error)) for error in self.non_field_errors()]
        found += [(name, str(error)) for name in self.fields for error in self.errors.get(name, [])]
        return [(self._first_id(name), error) for name, error in found]

    def _first_id(self: Any, name: str) -> str:
        field = self[name]
        return str(field.subwidgets[0].id_for_label or field.id_for_label)


class OpenForm(SummedUp, forms.Form):
    """A form behind both traps, whose first field is ``email``. Takes ``now``, when it is shown or came back."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, now: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        self.now = now

    @property
    def is_trapped(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.data.get("website"))

    @cached_property
    def opened(self) -> str:
        """The note for the form as it is shown now; one that came back and is good goes on counting its time."""
        try:
            opened_at = form_token.check(token=self.token, now=self.now).opened_at
        except form_token.FilledTooFast:
            opened_at = form_token.read(token=self.token).opened_at
        except form_token.FormOutOfDate:
            opened_at = self.now
        return form_token.opened(now=opened_at, versions=self.versions)

    @property
    def token(self) -> str:
        """The note that came back."""
        return str(self.data.get("opened", ""))

    @property
    def versions(self) -> dict[str, str]:
        """Of the words on the page that people are asked to agree to, by purpose."""
        return {}

    def clean_email(self) -> str:
        """The address as it is written down."""
        try:
            return normalised(channel=ChannelName.EMAIL, address=self.cleaned_data["email"])
        except InvalidAddress as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        """Refuse what no person can have filled in."""
        try:
            form_token.check(token=self.token, now=self.now)
        except form_token.FilledTooFast:
            # Where something is to be mended anyway, the button is pressed once more.
            if not self.errors:
                self.add_error(None, _("That was very quick. Please press the button once more."))
        except form_token.FormOutOfDate:
            self.add_error(None, _("The page was open for too long. Please press the button once more."))
        return self.cleaned_data
