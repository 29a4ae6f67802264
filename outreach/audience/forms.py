"""The form with which a reader joins by e-mail; every question but the address and the consent may be passed over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import cached_property, lazy
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from . import form_token
from .addresses import InvalidAddress, normalised
from .choices import ChannelName, Gender, Group, Purpose
from .source import as_source
from .wording import Wordings, Words, words

_lazy_words = lazy(words, str)

LONGEST_WORDING = 300
"""Letters enough for a version of each purpose."""

INVALID_CHOICE = {"invalid_choice": _("Choose one of the answers."), "required": _("Choose one of the answers.")}


def as_label(shown: Words) -> str:
    """The words beside a box; where they are not in the language of the page, marked as being in another."""
    if shown.language == get_language():
        return shown.text
    direction = "rtl" if get_language_info(shown.language)["bidi"] else "ltr"
    return format_html('<span lang="{}" dir="{}">{}</span>', shown.language, direction, shown.text)


def consent_field(purpose: Purpose, **options: Any) -> forms.BooleanField:
    """A box, never ticked by us, whose label is the wording in use."""
    return forms.BooleanField(label=_lazy_words(purpose), required=options.pop("required", False), **options)


class SubscribeForm(forms.Form):
    """Asks for an address and, if a person likes, for what helps to send them what they want. Sets no cookie."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We send a link to it, to be sure that it is yours."),
        error_messages={
            "required": _("Write your e-mail address."),
            "max_length": _("An e-mail address has at most 254 characters."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
    )
    messages = consent_field(
        Purpose.MESSAGES,
        required=True,
        error_messages={"required": _("Tick the box: without your consent we must not write to you.")},
    )
    language = forms.ChoiceField(
        label=_("In which language shall we write?"),
        choices=settings.LANGUAGES,
        help_text=_("Where a message does not exist in it yet, you get the English one."),
        error_messages=INVALID_CHOICE,
    )
    group = forms.ChoiceField(
        label=_("Which of these are you?"),
        choices=[("", _("I pass over this question"))] + [choice for choice in Group.choices if choice[0]],
        required=False,
        help_text=_("So that you get what concerns you: news for employers is not news for students."),
        error_messages=INVALID_CHOICE,
    )
    gender = forms.ChoiceField(
        label=_("What is your gender?"),
        choices=[choice for choice in Gender.choices if choice[0]] + [("", _("I pass over this question"))],
        required=False,
        help_text=_(
            "We ask to see whether we reach women and men alike. We keep an answer only if you tick the box below."
        ),
        widget=forms.RadioSelect,
        error_messages=INVALID_CHOICE,
    )
    gender_statistics = consent_field(Purpose.GENDER_STATISTICS)
    topics = forms.MultipleChoiceField(
        label=_("What would you like to read about?"),
        choices=list(settings.TOPICS.items()),
        required=False,
        help_text=_("Tick none to get everything."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among the topics.")},
    )
    click_tracking = consent_field(Purpose.CLICK_TRACKING)
    open_tracking = consent_field(Purpose.OPEN_TRACKING)
    source = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False, label=_("Leave this empty"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, now: datetime, source: str = "") -> None:
        super().__init__(data, initial={"language": get_language(), "gender": "", "source": as_source(source)})
        self.now = now
        self._wordings = Wordings.load([get_language() or settings.LANGUAGE_CODE])
        for purpose, version in self.wording_versions.items():
            self.fields[purpose].label = as_label(self._wordings.words(purpose, version))

    @property
    def is_trapped(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.data.get("website"))

    @cached_property
    def opened(self) -> str:
        """The note of when the form was opened: the one that came back while it is good, else a new one."""
        token = str(self.data.get("opened", ""))
        try:
            form_token.check(token=token, now=self.now)
        except form_token.FilledTooFast:
            return token
        except form_token.FormOutOfDate:
            return form_token.opened(now=self.now)
        return token

    @cached_property
    def wording_versions(self) -> dict[str, str]:
        """The version of each purpose's words on the screen: what came back while it may have been, else today's."""
        stated = dict(item.partition(":")[::2] for item in str(self.data.get("wording", ""))[:LONGEST_WORDING].split())
        since = self.now - form_token.MOST
        return {
            purpose: stated[purpose]
            if purpose in stated and self._wordings.was_current(purpose, stated[purpose], since=since)
            else self._wordings.current(purpose)
            for purpose in Purpose.values
        }

    @property
    def wording(self) -> str:
        """The same as one text, which travels with the form: whoever had it open while words change agreed to these."""
        return " ".join(f"{purpose}:{version}" for purpose, version in self.wording_versions.items())

    @property
    def error_links(self) -> list[tuple[str, str]]:
        """Each error with the id of the field that it leads to, in the order of the page."""
        found = [("email", str(error)) for error in self.non_field_errors()]
        found += [(name, str(error)) for name in self.fields for error in self.errors.get(name, [])]
        return [(self._first_id(name), error) for name, error in found]

    def _first_id(self, name: str) -> str:
        field = self[name]
        return field.subwidgets[0].id_for_label or field.id_for_label

    def clean_email(self) -> str:
        """The address as it is written down."""
        try:
            return normalised(channel=ChannelName.EMAIL, address=self.cleaned_data["email"])
        except InvalidAddress as error:
            raise forms.ValidationError(str(error)) from None

    def clean_source(self) -> str:
        """The source, or nothing where it is none."""
        return as_source(self.cleaned_data["source"])

    def clean(self) -> dict[str, Any]:
        """Refuse what no person can have filled in."""
        try:
            form_token.check(token=str(self.data.get("opened", "")), now=self.now)
        except form_token.FilledTooFast:
            # Where something is to be mended anyway, the button is pressed once more.
            if not self.errors:
                self.add_error(None, _("That was very quick. Please press the button once more."))
        except form_token.FormOutOfDate:
            self.add_error(None, _("The page was open for too long. Please press the button once more."))
        return self.cleaned_data

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes that the person consents to."""
        return frozenset(purpose for purpose in Purpose.values if self.cleaned_data[purpose])
