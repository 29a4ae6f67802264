"""Something to listen to, with its words."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock

from .language import DurationBlock, SpokenLanguageBlock

AUDIO_TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "opus": "audio/ogg"}
"""Kinds of files that browsers play, by the ends of their names."""


class AudioValue(blocks.StructValue):
    """A recording as the template shows it."""

    @property
    def media_type(self) -> str:
        """What the browser is told, so that it does not ask for a file it can't play; empty if there is no file."""
        return AUDIO_TYPES.get(self["audio"].file_extension.lower(), "") if self.get("audio") else ""

    @property
    def size(self) -> int | None:
        """Bytes of the file; ``None`` where it is not there."""
        document = self.get("audio")
        if document is None:
            return None
        try:
            return int(document.file_size or document.file.size)
        except OSError:
            return None


class AudioBlock(blocks.StructBlock):
    """A recording that nobody has to download to know what it is: title, language, duration, size, and its words."""

    title = blocks.CharBlock(label=_("Title"), help_text=_("Who speaks about what."))
    audio = DocumentChooserBlock(
        label=_("Audio file"),
        help_text=_("MP3, M4A, OGG or Opus. One minute of speech at 32 kbit/s is a quarter of a megabyte."),
    )
    language = SpokenLanguageBlock()
    duration = DurationBlock()
    transcript = blocks.RichTextBlock(
        label=_("What is said"),
        features=["bold", "italic", "link"],
        help_text=_("Every word, for those who can't hear it, can't afford to load it, or read faster."),
    )

    class Meta:
        icon = "media"
        label = _("Audio")
        group = _("Sound and film")
        template = "home/components/audio.html"
        value_class = AudioValue
        description = _("A recording with its words. It is loaded only when a reader plays it.")
        preview_value = {
            "title": _("What a work permit says, read aloud"),
            "audio": None,
            "language": "en",
            "duration": "3:05",
            "transcript": "<p>A work permit names an employer and a date. Keep a copy of it.</p>",
        }

    def clean(self, value: Any) -> Any:
        """Only files that browsers play."""
        cleaned = super().clean(value)
        # A draft may lack the file.
        if cleaned["audio"] and not cleaned.media_type:
            message = _("“%(name)s” is no audio file. Choose an MP3, M4A, OGG or Opus file.")
            error = ValidationError(message, params={"name": cleaned["audio"].filename})
            raise StructBlockValidationError(block_errors={"audio": error})
        return cleaned
