"""The studio's forms. Times are read and shown in the office's time zone, whatever zone a person's profile names."""

from datetime import datetime, timedelta
from datetime import timezone as fixed_zone
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput, AdminPageChooser

from home.models import StoryPage
from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import LONGEST_TITLE, Broadcast, Message
from outreach.broadcasts.office_time import first_moment, moments, office_text, office_zone
from outreach.broadcasts.rendering import problems

WITHOUT_ZONE = fixed_zone(timedelta(0), "no zone")
"""Marks a time that was typed without a zone."""


class StartForm(forms.Form):
    """What a broadcast begins with: a story, or a title where it has none."""

    story = forms.ModelChoiceField(
        label=_("Story"),
        queryset=StoryPage.objects.live(),
        widget=AdminPageChooser(target_models=[StoryPage]),
        required=False,
        help_text=_("Its texts are drawn from each language in which it is published."),
        error_messages={"invalid_choice": _("Choose a story that is published.")},
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        required=False,
        help_text=_("Only for a broadcast without a story. Receivers do not see it."),
    )

    def clean(self) -> dict[str, Any]:
        """Require one of the two."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("story") and not cleaned.get("title"):
            raise forms.ValidationError(gettext("Choose a story, or write a title."))
        return cleaned


class AudienceForm(forms.ModelForm):
    """Title, who gets it, on which channels, and what happens where something is missing."""

    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=ChannelName.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Broadcast
        fields = (
            "title",
            "segments",
            "channels",
            "every_channel",
            "fallback_language",
            "missed_rule",
            "deadline_hours",
            "archived",
            "ignores_quiet_hours",
        )
        widgets = {"segments": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_welcome:
            for name in ("segments", "every_channel", "missed_rule", "deadline_hours", "ignores_quiet_hours"):
                del self.fields[name]

    def clean_channels(self) -> list[str]:
        """The chosen channels, in the order in which a person with several is written to."""
        return [name for name in ChannelName.values if name in self.cleaned_data["channels"]]


class MessageForm(forms.ModelForm):
    """The text of one cell. It is refused where it could not be sent, so that every saved text can be built."""

    class Meta:
        model = Message
        fields = ("subject", "preview_text", "body", "button_label", "button_url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.channel != ChannelName.EMAIL:
            del self.fields["preview_text"]
        # The editor is no form control that a label could name.
        self.fields["body"].widget.options["ariaLabelledBy"] = f"{self['body'].id_for_label}-label"

    def _post_clean(self) -> None:
        # Only now does the instance hold what was typed.
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for problem in problems(self.instance):
                self.add_error(None, problem)


class OfficeDateTimeField(forms.DateTimeField):
    """A date and time as the clocks in the office show it; one that they skip is refused, of two it is the first."""

    widget = AdminDateTimeInput

    def to_python(self, value: Any) -> datetime | None:
        """The moment, in UTC terms."""
        # Django only says of a time which the clocks skip, or show twice, that it can't tell.
        with timezone.override(WITHOUT_ZONE):
            read = super().to_python(value)
        if read is None or read.tzinfo is not WITHOUT_ZONE:
            return read
        local = read.replace(tzinfo=None)
        found = moments(local, office_zone())
        if not found:
            raise forms.ValidationError(
                gettext("The clocks in %(zone)s skip this time: the next one that they show is %(next)s."),
                code="skipped",
                params={"zone": settings.OFFICE_TIME_ZONE, "next": office_text(first_moment(local, office_zone()))},
            )
        return found[0]

    def prepare_value(self, value: Any) -> Any:
        """The office's local time for a moment."""
        with timezone.override(settings.OFFICE_TIME_ZONE):
            return super().prepare_value(value)


class TimeForm(forms.Form):
    """When a broadcast goes out. Where the clocks show the time twice, the form comes back and asks which."""

    when = forms.ChoiceField(
        label=_("Send"),
        choices=[("now", _("As soon as it is approved")), ("later", _("At a time"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    send_at = OfficeDateTimeField(label=_("Time"), required=False)
    which = forms.ChoiceField(
        label=_("Which of the two?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("The clocks are set back and show this time twice: choose which you mean.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["send_at"].help_text = _("In the time zone of the office, %(zone)s.") % {
            "zone": settings.OFFICE_TIME_ZONE
        }
        self.pair = self._pair()
        if self.pair:
            names = (gettext("The first, UTC%(offset)s"), gettext("The second, UTC%(offset)s"))
            self.fields["which"].choices = [  # type: ignore[attr-defined]
                (str(place), name % {"offset": moment.astimezone(office_zone()).isoformat()[-6:]})
                for place, (name, moment) in enumerate(zip(names, self.pair, strict=True))
            ]
        else:
            del self.fields["which"]

    def clean(self) -> dict[str, Any]:
        """Leave ``send_at`` empty for "now"; require it for "later"."""
        cleaned = super().clean() or {}
        if cleaned.get("when") == "now":
            cleaned["send_at"] = None
            self.errors.pop("send_at", None)
        elif not cleaned.get("send_at") and "send_at" not in self.errors:
            self.add_error("send_at", gettext("Choose a date and a time."))
        elif self.pair and "which" in cleaned:
            cleaned["send_at"] = self.pair[int(cleaned["which"])]
        return cleaned

    def _pair(self) -> tuple[datetime, ...]:
        """The two moments that the typed time names, or nothing."""
        if self.data.get("when") != "later":
            return ()
        try:
            typed = self.fields["send_at"].to_python(self.data.get("send_at"))
        except forms.ValidationError:
            return ()
        if typed is None:
            return ()
        found = moments(typed.astimezone(office_zone()).replace(tzinfo=None, fold=0), office_zone())
        return found if len(found) == 2 else ()


class ApproveForm(TimeForm):
    """An approval: of the submission that was on the page, and for which time."""

    submission = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why, for those who ask later."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Stands in the history of the broadcast.")
    )
