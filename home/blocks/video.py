"""A film on another site, as a link: nothing is loaded from there until the reader goes there."""

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from .language import DurationBlock, SpokenLanguageBlock

YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "youtube-nocookie.com", "www.youtube-nocookie.com"}
VIMEO_HOSTS = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}
PEERTUBE_PATH = re.compile(r"^/(?:w|videos/watch|videos/embed)/([\w-]+)$")


def film(url: str) -> tuple[str, str] | None:
    """The site that a film is on and its plain address there, without what follows people; ``None`` if it is no film.

    >>> film("https://youtu.be/aqz-KE-bpKQ?si=f00")
    ('YouTube', 'https://www.youtube.com/watch?v=aqz-KE-bpKQ')
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    if parts.scheme != "https" or not host or parts.username:
        return None
    if host in YOUTUBE_HOSTS or host == "youtu.be":
        return _on_youtube(host, path, parts.query)
    if host in VIMEO_HOSTS:
        found = re.fullmatch(r"(?:/video)?/(\d+)(?:/(\w+))?", path)
        if not found:
            return None
        key = f"/{found[2]}" if found[2] else ""
        return "Vimeo", f"https://vimeo.com/{found[1]}{key}"
    if found := PEERTUBE_PATH.match(path):
        return host, f"https://{parts.netloc}/w/{found[1]}"
    return None


def _on_youtube(host: str, path: str, query: str) -> tuple[str, str] | None:
    if host == "youtu.be":
        key = path.removeprefix("/")
    elif path == "/watch":
        key = parse_qs(query).get("v", [""])[0]
    else:
        key = next((path.removeprefix(way) for way in ("/embed/", "/shorts/", "/live/") if path.startswith(way)), "")
    if not re.fullmatch(r"[\w-]{6,20}", key):
        return None
    return "YouTube", f"https://www.youtube.com/watch?{urlencode({'v': key})}"


class VideoValue(blocks.StructValue):
    """A film as the template shows it."""

    @property
    def site(self) -> str:
        """The name of the site that the link leads to."""
        found = film(self.get("url") or "")
        return found[0] if found else urlsplit(self.get("url") or "").hostname or ""


class VideoBlock(blocks.StructBlock):
    """A card that says what the film shows, how long it is and where it is, with a plain link and no player."""

    title = blocks.CharBlock(label=_("Title"), help_text=_("What the film shows."))
    url = blocks.URLBlock(
        label=_("Address"),
        help_text=_("Of a film on YouTube, Vimeo or a PeerTube site, as in the address line of the browser."),
    )
    language = SpokenLanguageBlock()
    duration = DurationBlock()
    summary = blocks.RichTextBlock(
        label=_("What it says"),
        features=["bold", "italic", "ul", "link"],
        help_text=_("The main points in words, or all that is said: for who can't watch it."),
    )

    class Meta:
        icon = "desktop"
        label = _("Video by link")
        group = _("Sound and film")
        template = "home/components/video.html"
        value_class = VideoValue
        description = _("A film on another site as a link. Nothing of that site is loaded here, so it sets no cookies.")
        preview_value = {
            "title": _("How to read a payslip"),
            "url": "https://vimeo.com/000000001",
            "language": "en",
            "duration": "2:40",
            "summary": "<p>Hours, pay for each hour, and what is taken off: three lines to check every month.</p>",
        }

    def clean(self, value: Any) -> Any:
        """Only films of sites that we know how to link to, by their plain addresses."""
        cleaned = super().clean(value)
        if not cleaned["url"]:  # Of a draft.
            return cleaned
        found = film(cleaned["url"])
        if found is None:
            message = _("This is not the address of a film on YouTube, Vimeo or PeerTube that begins with https.")
            raise StructBlockValidationError(block_errors={"url": ValidationError(message)})
        cleaned["url"] = found[1]
        return cleaned
