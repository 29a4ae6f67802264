"""The form of a segment: its name, its code, and the rule builder."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm

from outreach.audience.models import Segment
from outreach.audience.rules import validate_rule

from .draft import Group, as_draft, as_rule
from .form_data import DamagedForm, read

DAMAGED = gettext_lazy("The form came back damaged: the rule stands as it was saved. Change it again.")


class SegmentForm(WagtailAdminModelForm):
    """A segment with the draft of its rule. A rule that says what the saved one does leaves that one as it is."""

    class Meta:
        model = Segment
        fields = ["name", "code", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "code": gettext_lazy("Stands in ledgers and reports, and never changes: small letters, digits, hyphens.")
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["code"].disabled = True
        self.is_damaged = False
        self._saved_draft = self._draft_of_saved_rule()
        self.draft = self._saved_draft or Group()
        if isinstance(self.data, QueryDict) and self.is_bound:
            try:
                self.draft = read(self.data)
            except DamagedForm:
                self.is_damaged = True

    def clean(self) -> dict[str, Any]:
        """Turn the draft into the segment's rule."""
        cleaned: dict[str, Any] = super().clean()
        if self.is_damaged:
            raise forms.ValidationError(DAMAGED)
        if self.draft != self._saved_draft:
            rule = as_rule(self.draft)
            if rule is None:
                raise forms.ValidationError(_("The rule is not complete: look at what is marked in it."))
            self.instance.rule = rule
        return cleaned

    @property
    def is_unreadable(self) -> bool:
        """Whether what is saved is no rule any more."""
        return bool(self.instance.pk) and self._saved_draft is None

    def _draft_of_saved_rule(self) -> Group | None:
        if not self.instance.pk:
            return None
        try:
            validate_rule(self.instance.rule)
        except forms.ValidationError:
            return None
        return as_draft(self.instance.rule)

    @classmethod
    def kept(cls, data: Mapping[str, str], *, draft: Group, **options: Any) -> "SegmentForm":
        """The form as somebody filled it in so far, with ``draft``: shown again, but not judged."""
        instance = options.get("instance")
        names = {"name", "description"} if instance and instance.pk else {"name", "code", "description"}
        form = cls(initial={name: data.get(name, "") for name in names}, **options)
        form.draft = draft
        return form
