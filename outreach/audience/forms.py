"""The form with which a reader joins by e-mail; every question but the address and the consent may be passed over."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import cached_property, lazy
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from . import challenge, form_token
from .choices import Gender, Group, Parish, Purpose
from .open_form import OpenForm, email_field
from .source import as_source
from .wording import Wordings, Words, words

_lazy_words = lazy(words, str)

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


class SubscribeForm(OpenForm):
    """Asks for an address and, if a person likes, for what helps to send them what they want. Sets no cookie."""

    email = email_field(help_text=_("We send a link to it, to be sure that it is yours."))
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
    parish = forms.ChoiceField(
        label=_("Where do you live?"),
        choices=[("", _("I pass over this question"))] + [choice for choice in Parish.choices if choice[0]],
        required=False,
        help_text=_("So that you hear of what happens near you. The parish is as near as we ever ask."),
        error_messages=INVALID_CHOICE,
    )
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
    answer = forms.CharField(
        required=False,
        help_text=_(
            "Many forms come in just now, and this keeps programs out. Where it says “one, two, three”, write 123."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, now: datetime, source: str = "") -> None:
        initial = {"language": get_language(), "gender": "", "source": as_source(source)}
        super().__init__(data, now=now, initial=initial)
        self._wordings = Wordings.load([get_language() or settings.LANGUAGE_CODE])
        for purpose in Purpose.values:
            self.fields[purpose].label = as_label(self._wordings.words(purpose))

    @property
    def is_short(self) -> bool:
        """Whether it comes from a page that asked for the address and the consent to messages alone."""
        return bool(self.data.get("short"))

    @cached_property
    def question(self) -> challenge.Question | None:
        """What is asked beside, of somebody who was asked before or has to be now."""
        is_asked = "challenge" in self.data or "answer" in self.errors
        return challenge.pose(now=self.now) if is_asked else None

    @property
    def versions(self) -> dict[str, str]:
        """Those that are in use."""
        return {purpose: self._wordings.current(purpose) for purpose in Purpose.values}

    def clean_source(self) -> str:
        """The source, or nothing where it is none."""
        return as_source(self.cleaned_data["source"])

    def clean(self) -> dict[str, Any]:
        """Refuse consents to other words than those in use, too."""
        super().clean()
        self._ask_again_what_reads_otherwise()
        return self.cleaned_data

    def _ask_again_what_reads_otherwise(self) -> None:
        """Take back each tick at words that have changed since: the person has not seen those that are shown now."""
        try:
            seen = form_token.read(token=self.token).versions
        except form_token.FormOutOfDate:
            # Nobody knows what was on the screen. Now it is, and waits for one more press anyway.
            return
        for purpose in Purpose.values:
            if self.cleaned_data.get(purpose) and seen.get(purpose) != self.versions[purpose]:
                self.add_error(
                    purpose, _("These words have changed meanwhile. Read them again, and tick the box anew.")
                )
                self._take_out(purpose)

    def _take_out(self, name: str) -> None:
        """Show a field as if nobody had filled it in."""
        data: Any = copy(self.data)
        data.pop(name, None)
        self.data = data

    def check_answer(self) -> bool:
        """Whether the question that keeps programs out is answered; else it is an error of the form."""
        note = self.data.get("challenge")
        answer = str(self.data.get("answer", ""))
        if note and challenge.is_answered(note=str(note), answer=answer, now=self.now):
            return True
        again = _("That was not the number, or it took too long. Here is another question.")
        self.add_error("answer", again if note else _("Please answer one question more."))
        self._take_out("answer")
        return False

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes that the person consents to."""
        return frozenset(purpose for purpose in Purpose.values if self.cleaned_data[purpose])

    @property
    def wishes(self) -> dict[str, Any]:
        """What the person asks for, as :func:`~outreach.audience.subscriptions.join` takes it."""
        said = self.cleaned_data
        asked = {"address": said["email"], "language": said["language"], "source": said["source"]}
        # Ticks at other words than today's were taken back.
        asked |= {"wording_versions": self.versions, "wording_language": get_language() or settings.LANGUAGE_CODE}
        if self.is_short:
            return {**asked, "purposes": frozenset({Purpose.MESSAGES}), "is_short": True}
        about = {name: said[name] for name in ("group", "gender", "parish", "topics")}
        return {**asked, **about, "purposes": self.purposes}
