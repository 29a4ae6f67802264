"""Segments in the admin: a form of ticks, with the count of people beside it."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import EditView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet

from outreach.audience.choices import ChannelName, Gender, Group
from outreach.audience.models import Segment
from outreach.audience.segments import FIELDS, SINGLES_OUT, simple_answers, simple_rule, size


def ticks(label: Any, choices: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    """A question of a segment: none ticked means that it does not matter."""
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        help_text=help_text,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among the values that are offered.")},
    )


class SegmentForm(WagtailAdminModelForm):
    """Ticks for each field; a rule that ticks can't say is kept as it is."""

    language = ticks(_("Language"), settings.LANGUAGES)
    group = ticks(_("Group"), Group.choices)
    gender = ticks(_("Gender"), Gender.choices, _("Only what people said; most do not."))
    topic = ticks(
        _("Topics"), list(settings.TOPICS.items()), _("Takes in those who chose no topic, because they get everything.")
    )

    class Meta:
        model = Segment
        fields = ["name", "code", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"code": _("Stands in ledgers and reports, and never changes: small letters, digits, hyphens.")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        answers: dict[str, list[str]] | None = {}
        if self.instance.pk:
            self.fields["code"].disabled = True
            answers = simple_answers(self.instance.rule)
        self.is_simple = answers is not None
        for name in FIELDS:
            if answers is None:
                del self.fields[name]
            else:
                self.fields[name].initial = answers.get(name, [])

    def clean(self) -> dict[str, Any]:
        """Turn the ticks into a rule."""
        cleaned: dict[str, Any] = super().clean()
        if self.is_simple:
            self.instance.rule = simple_rule({name: cleaned.get(name, []) for name in FIELDS})
        return cleaned


def size_context(segment: Segment) -> dict[str, Any]:
    """The counts of a saved segment for a template; 1 to 4 people are not told apart."""
    counted = size(segment.rule)
    return {
        "size": counted,
        "singles_out_below": SINGLES_OUT,
        "people": shown(counted.people),
        "channels": [(channel.label, shown(counted.by_channel[channel])) for channel in ChannelName],
        "rule": None if simple_answers(segment.rule) is not None else json.dumps(segment.rule, indent=2),
    }


def shown(count: int) -> str:
    """A count, unless it is so small that it could point at somebody."""
    return f"<{SINGLES_OUT}" if 0 < count < SINGLES_OUT else str(count)


class SegmentEditView(EditView):
    """The form, below the counts of the segment as it is saved."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the counts."""
        saved = Segment.objects.get(pk=self.object.pk)
        return {**super().get_context_data(**kwargs), **size_context(saved)}


class SegmentInspectView(InspectView):
    """A segment for those who may only read it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the counts and the rule."""
        told = simple_answers(self.object.rule)
        return {
            **super().get_context_data(**kwargs),
            **size_context(self.object),
            "conditions": [] if told is None else _conditions(told),
        }


def _conditions(answers: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """The ticks in words: each question with its ticked values."""
    labels = {name: dict(field.choices) for name, field in SegmentForm.base_fields.items() if name in FIELDS}
    questions = {name: str(SegmentForm.base_fields[name].label) for name in FIELDS}
    return [(questions[name], [str(labels[name][value]) for value in values]) for name, values in answers.items()]


class SegmentViewSet(ModelViewSet):
    """Segments, for those with permissions on them."""

    model = Segment
    name = "segments"
    icon = "tag"
    menu_label = _("Segments")
    menu_order = 160
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["code", "description"]
    edit_view_class = SegmentEditView
    inspect_view_class = SegmentInspectView
    edit_template_name = "outreach/audience/staff/segment_edit.html"
    inspect_template_name = "outreach/audience/staff/segment_inspect.html"
    list_display = ["name", Column("code", label=_("Code"), sort_key="code")]
    search_fields = ["name", "code"]

    def get_form_class(self, for_update: bool = False) -> type[SegmentForm]:
        """The form of ticks."""
        return SegmentForm
