"""Choosing segments in a form: each with its rule in words."""

from typing import Any

from django import forms
from django.utils.translation import pgettext

from outreach.audience.models import Segment
from outreach.row_numbers import row_number


class TickedField(forms.ModelMultipleChoiceField):
    """Rows to be ticked. What can't be the number of a row is refused like one that is not offered."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        """The rows; SQLite would stumble over a number that is too large for it."""
        for each in value if isinstance(value, list | tuple) else ():
            if row_number(str(each)) is None:
                raise forms.ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": str(each)[:20]}
                )
        return super().clean(value)


class SegmentsField(TickedField):
    """The segments, to be ticked."""

    def label_from_instance(self, segment: Segment) -> str:
        """The name, and whom it takes in."""
        words = segment.words_beside_name
        return f"{segment.name}{pgettext('after a label', ':')} {words}" if words else segment.name
