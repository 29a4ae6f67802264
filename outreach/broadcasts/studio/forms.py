"""The studio's forms. Times are read and shown in the office's time zone, whatever zone a person's profile names."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from datetime import timezone as fixed_zone
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput, AdminPageChooser
from wagtail.models import Page

from home.models import InfographicPage
from home.models.article import restricted
from outreach.audience.choices import ChannelName
from outreach.broadcasts.campaign import FIRST_YEAR, LAST_YEAR, only_campaign
from outreach.broadcasts.characters import NO_XML, tidy_line
from outreach.broadcasts.models import LONGEST_ADDRESS, LONGEST_LABEL, LONGEST_TITLE, Broadcast, Message
from outreach.broadcasts.office_time import first_moment, moments, office_text, office_zone
from outreach.broadcasts.pictures import draw
from outreach.broadcasts.rendering import problems
from outreach.broadcasts.rendering.telegram import MOST_IN_CAPTION
from outreach.broadcasts.sources import KINDS, CarriedKind, infographics, newest_pages
from outreach.broadcasts.standing import settings_version, version

from .segments import SegmentsField, TickedField

NEWEST = 8
"""So many pages are offered to be ticked; any other one is found with the chooser."""

LONGEST_DEADLINE = 24 * 366
"""In hours; SQLite would store more than Python can reckon with."""

BLOCK_KEYS = re.compile(r' data-block-key="[^"]*"')
WITHOUT_ZONE = fixed_zone(timedelta(0), "no zone")
"""Marks a time that was typed without a zone."""


class StoriesForm(forms.Form):
    """Stories, infographics and news for a broadcast, in the order in which they are carried."""

    story = forms.ModelChoiceField(
        label=_("Story, infographic or news"),
        queryset=Page.objects.none(),
        widget=AdminPageChooser(target_models=list(KINDS)),
        required=False,
        help_text=_("Texts are drawn from each language in which it is published."),
        error_messages={"invalid_choice": _("Choose a story that is published.")},
    )
    newest = TickedField(label=_("The newest"), queryset=Page.objects.none(), required=False)

    def __init__(self, *args: Any, without: Collection[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["story"].queryset = Page.objects.live().filter(~restricted()).type(KINDS)  # type: ignore[attr-defined]
        pages = [page for page in newest_pages(NEWEST) if page.translation_key not in without]
        newest = self.fields["newest"]
        newest.queryset = Page.objects.filter(pk__in=[page.pk for page in pages])  # type: ignore[attr-defined]
        newest.choices = [(page.pk, _named(page)) for page in pages]  # type: ignore[attr-defined]
        self.order = [page.pk for page in pages]
        if not pages:
            del self.fields["newest"]

    @property
    def pages(self) -> list[Page]:
        """What was chosen: the one of the chooser, then those that were ticked, as they stand on the page."""
        chosen, ticked = self.cleaned_data.get("story"), self.cleaned_data.get("newest") or []
        ordered = sorted(ticked, key=lambda page: self.order.index(page.pk))
        return [*([chosen] if chosen else []), *(page for page in ordered if page != chosen)]


def _named(page: CarriedKind) -> str:
    """Title, kind and day."""
    return f"{page.title} ({page._meta.verbose_name}, {date_format(page.published)})"


class AddStoriesForm(StoriesForm):
    """More stories for a broadcast."""

    def clean(self) -> dict[str, Any]:
        """Require one."""
        cleaned = super().clean() or {}
        if not self.errors and not self.pages:
            raise forms.ValidationError(gettext("Choose a story."))
        return cleaned


class StartForm(StoriesForm):
    """What a broadcast begins with: stories and infographics, or a title where it has none."""

    title = forms.CharField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        required=False,
        help_text=_("Only for a broadcast without a story. Receivers do not see it."),
    )

    def clean(self) -> dict[str, Any]:
        """Require one of the two."""
        cleaned = super().clean() or {}
        if not self.errors and not self.pages and not cleaned.get("title"):
            raise forms.ValidationError(gettext("Choose a story, or write a title."))
        return cleaned


class AudienceForm(forms.ModelForm):
    """Title and campaign, who gets it, on which channels, and what happens where something is missing.

    The only campaign that there is stands chosen until somebody said who gets it. ``read`` is the version that stood in
    the form when it was opened.
    """

    read = forms.CharField(widget=forms.HiddenInput, required=False)

    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=ChannelName.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Broadcast
        fields = (
            "title",
            "campaign",
            "segments",
            "channels",
            "every_channel",
            "fallback_language",
            "missed_rule",
            "deadline_hours",
            "archived",
            "ignores_quiet_hours",
        )
        field_classes = {"segments": SegmentsField}
        widgets = {"segments": forms.CheckboxSelectMultiple}
        help_texts = {
            "deadline_hours": _(
                "Only with “Drop after the deadline”. Counted from its time; whoever still waits then gets nothing."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["read"] = settings_version(self.instance)
        self.fields["deadline_hours"].validators += [MinValueValidator(1), MaxValueValidator(LONGEST_DEADLINE)]
        self.fields["campaign"].empty_label = gettext("No campaign")  # type: ignore[attr-defined]
        if self.instance.campaign_id is None and not self.instance.segments.exists() and (only := only_campaign()):
            self.initial["campaign"] = only.pk
        if self.instance.is_welcome:
            for name in (
                "campaign",
                "segments",
                "every_channel",
                "missed_rule",
                "deadline_hours",
                "ignores_quiet_hours",
            ):
                del self.fields[name]

    def clean_channels(self) -> list[str]:
        """The chosen channels, in the order in which a person with several is written to."""
        return [name for name in ChannelName.values if name in self.cleaned_data["channels"]]


class PictureField(forms.ModelChoiceField):
    """The infographic whose picture goes along; ``offered`` are the numbers of those that readers can read."""

    offered: Collection[int] = ()

    def label_from_instance(self, page: InfographicPage) -> str:
        """The finding, with a mark where nobody can read it."""
        return str(page.title) if page.pk in self.offered else f"{page.title} ({gettext('not published')})"


class MessageForm(forms.ModelForm):
    """The text of one cell. It is refused where it could not be sent, so that every saved text can be built.

    ``read`` is the version of the text that stood in the form when it was opened.
    """

    picture = PictureField(queryset=InfographicPage.objects.none(), required=False, empty_label=_("No picture"))
    second_label = forms.CharField(label=_("Second button"), max_length=LONGEST_LABEL, required=False)
    second_url = forms.CharField(label=_("The second button leads to"), max_length=LONGEST_ADDRESS, required=False)
    read = forms.CharField(widget=forms.HiddenInput, required=False)
    third_label = forms.CharField(label=_("Third button"), max_length=LONGEST_LABEL, required=False)
    third_url = forms.CharField(label=_("The third button leads to"), max_length=LONGEST_ADDRESS, required=False)

    class Meta:
        model = Message
        fields = ("subject", "preview_text", "body", "picture", "button_label", "button_url")

    MORE = (("second_label", "second_url"), ("third_label", "third_url"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_pictures()
        if self.instance.channel == ChannelName.EMAIL:
            for name in (name for pair in self.MORE for name in pair):
                del self.fields[name]
        else:
            del self.fields["preview_text"]
            for pair, button in zip(self.MORE, self.instance.more_buttons, strict=False):
                self.initial.update(zip(pair, button, strict=True))
        self.initial["read"] = version(self.instance)
        # The editor is no form control that a label could name.
        self.fields["body"].widget.options["ariaLabelledBy"] = f"{self['body'].id_for_label}-label"

    def _offer_pictures(self) -> None:
        pages = infographics(language=self.instance.language)
        self.fields["picture"].offered = {page.pk for page in pages}  # type: ignore[attr-defined]
        chosen: InfographicPage | None = self.instance.picture
        if chosen and chosen.translation_key not in {page.translation_key for page in pages}:
            pages.append(chosen)
        field = self.fields["picture"]
        field.queryset = InfographicPage.objects.filter(pk__in=[page.pk for page in pages]).order_by("-published")  # type: ignore[attr-defined]
        field.label, field.help_text = capfirst(_("picture")), self._about_pictures()
        if chosen:
            same = (page.pk for page in pages if page.translation_key == chosen.translation_key)
            self.initial["picture"] = next(same, chosen.pk)

    def _about_pictures(self) -> str:
        if self.instance.channel == ChannelName.EMAIL:
            return gettext("The picture of an infographic, above the text and in its language.")
        about = gettext(
            "The picture of an infographic, in the language of the text, which then has %(most)d characters."
        )
        return about % {"most": MOST_IN_CAPTION}

    def clean(self) -> dict[str, Any]:
        """Take out what a word processor left in the single lines."""
        cleaned = super().clean() or {}
        for name in ("subject", "preview_text", "button_label", "second_label", "third_label"):
            if name in cleaned:
                cleaned[name] = tidy_line(cleaned[name])
        if "body" in cleaned:
            body = _unmarked(NO_XML.sub(" ", cleaned["body"]))
            # Whoever changed nothing has changed nothing, also where older marks stand in what is stored.
            cleaned["body"] = self.instance.body if _unmarked(self.instance.body) == body else body
        return cleaned

    def _post_clean(self) -> None:
        # Only now does the instance hold what was typed.
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            if self.instance.channel != ChannelName.EMAIL:
                pairs = [[self.cleaned_data[label], self.cleaned_data[url]] for label, url in self.MORE]
                self.instance.more_buttons = [pair for pair in pairs if any(pair)]
            draw(self.instance)
            for problem in problems(self.instance):
                self.add_error(None, problem)


def _unmarked(body: str) -> str:
    """``body`` without the marks by which the editor finds its paragraphs again; no text is drawn with them."""
    return BLOCK_KEYS.sub("", body)


class OfficeDateTimeField(forms.DateTimeField):
    """A date and time as the clocks in the office show it; one that they skip is refused, of two it is the first."""

    widget = AdminDateTimeInput

    def to_python(self, value: Any) -> datetime | None:
        """The moment, in UTC terms."""
        # Django only says of a time which the clocks skip, or show twice, that it can't tell.
        with timezone.override(WITHOUT_ZONE):
            read = super().to_python(value)
        if read is None:
            return read
        local = read.replace(tzinfo=None)
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            raise forms.ValidationError(
                gettext("Write a day between %(first)d and %(last)d."),
                code="year",
                params={"first": FIRST_YEAR, "last": LAST_YEAR},
            )
        if read.tzinfo is not WITHOUT_ZONE:
            return read
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
    """When a broadcast goes out. Where the clocks show the time twice, the form comes back and asks which.

    Nothing is chosen beforehand: what went out to everybody by one press too many can't be called back.
    """

    when = forms.ChoiceField(
        label=_("Send"),
        choices=[("now", _("At once")), ("later", _("At a time"))],
        widget=forms.RadioSelect,
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
        elif cleaned.get("when") == "later" and not cleaned.get("send_at") and "send_at" not in self.errors:
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
