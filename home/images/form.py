"""The form by which the team uploads pictures: the whole of a file is looked at before it is kept."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from .metadata import NotWhole, without_metadata

ORIENTATION = 0x0112
TURNED = range(2, 9)
LONGEST_NAME = 100
FORMATS = ["JPEG", "PNG", "WEBP"]


class PictureField(WagtailImageField):
    """Wagtail's field, which checks bytes, format and pixels; here that is done before the pixels fill the memory.

    A picture that can't be read to its end is refused, where Wagtail's field fails.
    """

    def to_python(self, data: Any) -> Any:
        """The file, whose picture is whole and no larger than the settings allow."""
        if isinstance(data, UploadedFile) and data.size:
            self._look_at(data)
        return super().to_python(data)

    def _look_at(self, data: UploadedFile) -> None:
        limit: int = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
        bytes_limit: int = settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE
        content = data.read(bytes_limit + 1)
        data.seek(0)
        try:
            picture = Pillow.open(BytesIO(content), formats=FORMATS)
        except Pillow.DecompressionBombError:
            raise too_many_pixels(limit, _("unknown number")) from None
        except (OSError, SyntaxError, ValueError):
            # What is no picture at all has its message from Wagtail, as has what is too heavy.
            return
        pixels = picture.width * picture.height * getattr(picture, "n_frames", 1)
        if pixels > limit:
            raise too_many_pixels(limit, pixels)
        if len(content) > bytes_limit:
            return
        try:
            picture.load()
        except (OSError, SyntaxError, ValueError, KeyError):
            raise damaged() from None


class ImageForm(BaseImageForm):
    """Wagtail's form, by which a picture comes in whole, not too large, and without what a camera wrote into it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            field = self.fields["file"]
            self.fields["file"] = PictureField(label=field.label, required=field.required, widget=field.widget)

    def clean_file(self) -> Any:
        """The uploaded picture without metadata."""
        uploaded = self.cleaned_data.get("file")
        if "file" not in self.changed_data or not isinstance(uploaded, UploadedFile):
            return uploaded
        content = uploaded.read()
        try:
            with Pillow.open(BytesIO(content), formats=FORMATS) as picture:
                format, turned = (picture.format or "").lower(), picture.getexif().get(ORIENTATION, 1)
            kept = without_metadata(content, format, orientation=turned if turned in TURNED else 1)
        except (NotWhole, OSError, SyntaxError, ValueError, KeyError):
            raise damaged() from None
        clean = SimpleUploadedFile((uploaded.name or "")[-LONGEST_NAME:], kept, uploaded.content_type or "")
        clean.image = uploaded.image  # type: ignore[attr-defined]
        return clean


def damaged() -> ValidationError:
    """What is said of a picture that can't be read to its end."""
    message = _("This picture is damaged or not complete. Open it in a picture editor, save it anew, and upload that.")
    return ValidationError(message, code="not_whole")


def too_many_pixels(limit: int, pixels: Any) -> ValidationError:
    """What is said of a picture that is too large to be shown in a browser or to be made smaller here."""
    message = _("This picture has too many pixels (%(pixels)s). Save it with %(limit)s at most, and upload that.")
    return ValidationError(message, params={"pixels": pixels, "limit": limit}, code="file_too_many_pixels")
