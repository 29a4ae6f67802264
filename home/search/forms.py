"""The one question of the search, and what can't be answered."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 200
"""Letters that a query may have."""


class QueryField(forms.CharField):
    """A line of text; control characters and line ends count as spaces."""

    def to_python(self, value: Any) -> str:
        """The query with single spaces."""
        text = "".join(" " if unicodedata.category(letter) in {"Cc", "Cs"} else letter for letter in str(value or ""))
        return " ".join(text.split())


class SearchForm(forms.Form):
    """What to look for, and of which kind."""

    q = QueryField(
        required=False,
        max_length=LONGEST,
        error_messages={
            "max_length": _(
                "This is too long: %(show_value)d letters. Use a few words, %(limit_value)d letters at most."
            )
        },
    )
