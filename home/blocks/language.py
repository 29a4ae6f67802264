"""The language of something that is heard or watched."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


def language_choices() -> list[tuple[str, str]]:
    """The languages of the site; a callable, so that a migration does not freeze them."""
    return list(settings.LANGUAGES)


class SpokenLanguageBlock(blocks.ChoiceBlock):
    """Which language is spoken, where that need not be the language of the page."""

    class Meta:
        label = _("Language that is spoken")
        icon = "globe"

    def __init__(self, **kwargs: object) -> None:
        kwargs.pop("choices", None)
        super().__init__(choices=language_choices, **kwargs)


class DurationBlock(blocks.RegexBlock):
    """Minutes and seconds, such as 3:05; the same in every language."""

    class Meta:
        label = _("Duration")
        icon = "time"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            regex=r"^\d{1,3}:[0-5]\d$",
            help_text=_("Minutes and seconds, for example 3:05. Readers see it before they spend data on it."),
            error_messages={"invalid": _("Write minutes and seconds, for example 3:05.")},
            **{name: value for name, value in kwargs.items() if name not in ("regex", "help_text", "error_messages")},
        )
