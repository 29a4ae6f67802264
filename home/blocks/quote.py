"""Somebody's own words."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class QuoteBlock(blocks.StructBlock):
    """Somebody's own words, with what they said about themselves: who is heard can then be counted."""

    text = blocks.TextBlock(label=_("Words"), help_text=_("Exactly as spoken or written, without quotation marks."))
    speaker = blocks.CharBlock(
        label=_("Speaker"), help_text=_("A name only if the person wants it; else what they do, or the document.")
    )
    gender = blocks.ChoiceBlock(
        label=_("Gender, as the speaker stated it"),
        choices=[
            ("woman", _("Woman")),
            ("man", _("Man")),
            ("another", _("Another gender")),
            ("undisclosed", _("Prefers not to say")),
            ("not_asked", _("Not asked")),
            ("none", _("No person: a document or an institution")),
        ],
        default="not_asked",
        help_text=_("Never guessed from a name, a voice or a picture."),
    )
    function = blocks.ChoiceBlock(
        label=_("Speaks as"),
        choices=[
            ("migrant", _("Migrant")),
            ("expert", _("Expert")),
            ("official", _("Official")),
            ("employer", _("Employer")),
            ("host", _("Resident of the host community")),
            ("document", _("Document")),
        ],
    )

    class Meta:
        icon = "openquote"
        group = _("Words")
        description = _("Somebody’s own words, with what they said about themselves, so that it shows who is heard.")
        preview_value = {
            "text": _("I pay into the same fund as everybody on this site."),
            "speaker": _("A mason from Portsmouth (an example)"),
            "gender": "undisclosed",
            "function": "migrant",
        }
        label = _("Quote")
        template = "home/components/quote.html"
