"""The form of the preference page, and the one with which its link is asked for. Neither rides on a session."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from outreach.audience.choices import Frequency, Gender, Group, Parish, Purpose
from outreach.audience.forms import INVALID_CHOICE
from outreach.audience.models import Subscription
from outreach.audience.open_form import OpenForm, SummedUp, email_field
from outreach.audience.subscriptions import Seen
from outreach.audience.wording import current_version, words

from .saving import CHANNEL_PURPOSES, Answers, active

KEEP = "keep"
"""The answer that leaves as it is what the page does not show."""

_signer = Signer(salt="outreach.preferences.wording")


def _closed(label: Any, choices: list[tuple[str, Any]], **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, error_messages=INVALID_CHOICE, **options)


def _passed_over(choices: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [*((value, label) for value, label in choices if value), ("", _("I pass over this question"))]


class PreferencesForm(SummedUp, forms.Form):
    """What a person gets, what they said about themselves, and what they agree to on each channel that is active.

    What they said about themselves stands in it only where ``shows_answers`` is set; otherwise each of those questions
    offers first to keep the answer. ``screen`` is a signed note of which words and which subscriptions were on the
    page, so that nobody agrees to other words than they saw, and nothing ends because it began while the page was open.
    """

    language = _closed(_("In which language shall we write?"), list(settings.LANGUAGES))
    frequency = _closed(
        _("How often shall we write?"),
        Frequency.choices,
        widget=forms.RadioSelect,
        help_text=_("What you miss by it is on the site. Urgent warnings, as of a storm, come all the same."),
    )
    topics = forms.MultipleChoiceField(
        label=_("What would you like to read about?"),
        choices=list(settings.TOPICS.items()),
        required=False,
        help_text=_("Tick none to get everything."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among the topics.")},
    )
    group = _closed(_("Which of these are you?"), _passed_over(Group.choices), required=False)
    gender = _closed(
        _("What is your gender?"),
        _passed_over(Gender.choices),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("We keep an answer only if you tick the box below."),
    )
    gender_statistics = forms.BooleanField(required=False)
    parish = _closed(
        _("Where do you live?"),
        _passed_over(Parish.choices),
        required=False,
        help_text=_("So that you hear of what happens near you."),
    )
    screen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, subscription: Subscription, shows_answers: bool
    ) -> None:
        self.subscriber = subscription.subscriber
        self.subscriptions = active(self.subscriber)
        self.on_page: dict[str, Any] = {}
        super().__init__(data, initial=self._initial(shows_answers))
        if not shows_answers:
            for name, choices in (("group", Group.choices), ("gender", Gender.choices), ("parish", Parish.choices)):
                field = self.fields[name]
                assert isinstance(field, forms.ChoiceField)
                field.choices = [(KEEP, _("Keep what I said")), *_passed_over(choices)]
        self.fields["gender_statistics"].label = words(Purpose.GENDER_STATISTICS)
        for subscription in self.subscriptions:
            for purpose in CHANNEL_PURPOSES[subscription.channel]:
                self.fields[_name(purpose, subscription)] = forms.BooleanField(
                    label=words(purpose), required=False, initial=subscription.allows(purpose)
                )

    def _initial(self, shows_answers: bool) -> dict[str, Any]:
        subscriber = self.subscriber
        about = {name: getattr(subscriber, name) if shows_answers else KEEP for name in ("group", "gender", "parish")}
        return {
            "language": subscriber.language,
            "frequency": subscriber.frequency,
            "topics": list(subscriber.topics.values_list("topic", flat=True)),
            "gender_statistics": any(each.allows_gender_statistics for each in self.subscriptions),
            "screen": _signer.sign_object(
                {
                    "versions": {purpose: current_version(purpose) for purpose in Purpose.values},
                    "subscriptions": [each.pk for each in self.subscriptions],
                }
            ),
            **about,
        }

    @cached_property
    def channels(self) -> list[tuple[Subscription, list[forms.BoundField]]]:
        """Each active subscription with the boxes of its channel."""
        return [
            (each, [self[_name(purpose, each)] for purpose in CHANNEL_PURPOSES[each.channel]])
            for each in self.subscriptions
        ]

    def clean(self) -> dict[str, Any]:
        """Read what was on the page; no field of the page is at fault where that can't be read."""
        try:
            self.on_page = dict(_signer.unsign_object(self.cleaned_data["screen"]))
        except (BadSignature, ValueError):
            self.add_error(None, _("The page was changed on its way. Open it again."))
        return self.cleaned_data

    @property
    def seen(self) -> Seen:
        """The words that were on the page, in its language, once the form is valid."""
        versions = self.on_page["versions"]
        return Seen(language=get_language() or settings.LANGUAGE_CODE, versions=versions)

    @property
    def answers(self) -> Answers:
        """What was sent, once the form is valid."""
        data = self.cleaned_data
        about = {name: None if data[name] == KEEP else data[name] for name in ("group", "gender", "parish")}
        shown = self.on_page["subscriptions"]
        return Answers(
            language=data["language"],
            topics=tuple(data["topics"]),
            frequency=data["frequency"],
            gender_statistics=data["gender_statistics"],
            purposes={
                each.pk: frozenset(p for p in CHANNEL_PURPOSES[each.channel] if data[_name(p, each)])
                for each in self.subscriptions
                if each.pk in shown
            },
            **about,
        )


def _name(purpose: str, subscription: Subscription) -> str:
    return f"{purpose}_{subscription.pk}"


class FreshLinkForm(OpenForm):
    """Asks for the address to which a link to the preference page is mailed."""

    email = email_field(help_text=_("We send a link to it. Nobody but you sees who gets our messages."))
