"""Choosing segments in a form: each with its rule in words."""

from django import forms

from outreach.audience.models import Segment


class SegmentsField(forms.ModelMultipleChoiceField):
    """The segments, to be ticked."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, segment: Segment) -> str:
        """The name, and whom it takes in."""
        return f"{segment.name}: {segment.in_words}"
