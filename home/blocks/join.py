"""A sign-up form on a page: the page has its words, and whoever keeps the readers' addresses brings the form."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import select_template
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from home.page_cache.recording import unrecorded

FORMS = ["outreach/audience/components/join_form.html", "home/components/join_link.html"]
"""The form, and what stands in its place on a site that has none."""


class SourceCodeBlock(blocks.RegexBlock):
    """A code by which sign-ups are counted; the same in every language."""

    def __init__(self, **kwargs: Any) -> None:
        own = {
            "regex": r"^[A-Za-z0-9_-]{1,40}$",
            "error_messages": {"invalid": _("Letters from A to Z, digits, - and _ only, 40 at most.")},
        }
        super().__init__(**{**kwargs, **own})


class JoinBlock(blocks.StructBlock):
    """Words that invite, and a form that asks for an address and a consent and no more."""

    heading = blocks.CharBlock(
        label=_("Heading"), required=False, max_length=80, help_text=_("Without one: “New stories in your language”.")
    )
    text = blocks.TextBlock(
        label=_("Text"), required=False, max_length=300, help_text=_("One or two sentences: what readers will get.")
    )
    source = SourceCodeBlock(
        label=_("Source"),
        required=False,
        help_text=_("A code of your own, such as story-7: sign-ups by this form are counted under it."),
    )

    class Meta:
        icon = "mail"
        label = _("Sign-up form")
        group = _("Words")
        description = _("Asks for an e-mail address on this page. It needs no JavaScript and sets no cookie.")
        template = "home/components/join.html"
        preview_value = {
            "heading": _("New stories in your language"),
            "text": _("Free, a few times a month. You can leave in one step."),
            "source": "",
        }

    def get_context(self, value: Any, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The form's template along with the block's words."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        return {**context, "form_template": select_template(FORMS)}

    def render(self, value: Any, context: Mapping[str, Any] | None = None) -> Any:
        """The form, of which the cache of pages notes nothing: what is out of date in it shows when it comes back."""
        with unrecorded():
            return super().render(value, context)
