"""The form by which the team uploads pictures: the whole of a file is looked at before it is kept."""

from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import ImageFile, UnidentifiedImageError
from wagtail.images.forms import BaseImageForm

from .metadata import NotWhole, without_metadata

ORIENTATION = 0x0112
LONGEST_NAME = 100


class ImageForm(BaseImageForm):
    """Wagtail's form, which checks format, bytes and pixels; here the picture is opened too, and cleaned of metadata."""

    def clean_file(self) -> Any:
        """The uploaded picture without metadata; a message where it can't be shown."""
        uploaded = self.cleaned_data.get("file")
        if "file" not in self.changed_data or not isinstance(uploaded, UploadedFile):
            return uploaded
        content = uploaded.read()
        try:
            with Pillow.open(BytesIO(content)) as picture:
                format, orientation = (picture.format or "").lower(), picture.getexif().get(ORIENTATION, 1)
                picture.load()
            kept = without_metadata(content, format, orientation=orientation if orientation in range(2, 9) else 1)
        except (NotWhole, OSError, SyntaxError, ValueError, UnidentifiedImageError, KeyError):
            message = _("This picture is damaged or not complete. Open it in a picture editor, save it anew, and upload that.")
            raise ValidationError(message, code="not_whole") from None
        except (Pillow.DecompressionBombError, MemoryError):
            raise ValidationError(_("This picture has too many pixels. Save it smaller."), code="too_large") from None
        clean = SimpleUploadedFile((uploaded.name or "picture")[-LONGEST_NAME:], kept, uploaded.content_type)
        clean.image = uploaded.image  # type: ignore[attr-defined]
        return clean


assert not ImageFile.LOAD_TRUNCATED_IMAGES
