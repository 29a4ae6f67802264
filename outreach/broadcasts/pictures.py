"""The pictures of messages: drawn from an infographic once, and kept in the default storage under their own hash.

A kept picture never changes, so what was approved is what is sent, however the infographic is edited later.
"""

import hashlib

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image

from .characters import tidy_line
from .models import Message
from .sources import is_withheld, shown_infographic

FOLDER = "broadcasts"


def keep(content: bytes) -> str:
    """Store a PNG, if it is not there yet; its path in the default storage."""
    path = _path(hashlib.sha256(content).hexdigest())
    if not default_storage.exists(path):
        saved = default_storage.save(path, ContentFile(content))
        if saved != path:
            # Somebody stored the same bytes in this moment.
            default_storage.delete(saved)
    return path


def read(digest: str) -> bytes:
    """The picture with this hash; raises ``FileNotFoundError``."""
    with default_storage.open(_path(digest)) as file:
        return bytes(file.read())


def draw(message: Message) -> None:
    """Draw the infographic that ``message`` has chosen, in its language, and note it there; nothing is saved.

    A message without one loses its picture. One whose infographic is not published any more keeps what it had.
    """
    if message.picture is None:
        message.picture_file = message.picture_alt = message.picture_source = ""
        return
    page = shown_infographic(message.picture, language=message.language)
    if page:
        message.picture_file = keep(page.picture(page.language))
        message.picture_alt = tidy_line(page.text_summary)
        message.picture_source = page.content_hash()


def picture_problems(message: Message) -> list[str]:
    """Why the picture that ``message`` has chosen can't be sent, in a sentence."""
    if message.picture_id and not message.picture_file:
        return [_("The infographic of the picture is not published.")]
    if message.picture and is_withheld(message.picture, language=message.language, content_hash=message.picture_source):
        return [_("The infographic of the picture is not published.")]
    if message.picture_file and not default_storage.exists(message.picture_file):
        return [_("The picture is no longer in the store: save the text again, and it is drawn anew.")]
    return []


def size(path: str) -> tuple[int, int]:
    """Width and height in pixels of a picture in the store."""
    with default_storage.open(path) as file, Image.open(file) as picture:
        return picture.size


def address(path: str) -> str:
    """The full address at which the site serves a picture of the store."""
    return settings.SITE_URL + reverse("broadcast_picture", args=[path.rsplit("/", 1)[-1].removesuffix(".png")])


def _path(digest: str) -> str:
    return f"{FOLDER}/{digest}.png"
