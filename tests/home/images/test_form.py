"""Uploading pictures through the staff pages: what comes in, what is refused, and with which words."""

import io
import json
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pillow
from wagtail.images import get_image_model

ROOT = 1


def picture(format="JPEG", size=(60, 40), **options) -> bytes:
    file = io.BytesIO()
    image = Pillow.new("RGB", size)
    image.putdata([(x * 4 % 256, y * 6 % 256, 90) for y in range(size[1]) for x in range(size[0])])
    image.save(file, format, **options)
    return file.getvalue()


def located() -> Pillow.Exif:
    exif = Pillow.Exif()
    exif[0x010F], exif[0x0112] = "Cameraworks", 6
    exif.get_ifd(0x8825).update({1: "N", 2: (15.0, 18.0, 0.0), 3: "W", 4: (61.0, 23.0, 0.0)})
    return exif


def bomb() -> bytes:
    """A PNG of 100 megapixels in a few kilobytes: nothing but its head and an empty picture."""

    def part(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 10_000, 10_000, 1, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * 1250) * 10_000, 9)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def upload(client, name: str, content: bytes, kind: str = "image/jpeg"):
    file = SimpleUploadedFile(name, content, kind)
    return client.post(
        reverse("wagtailimages:add_multiple"), {"title": "A picture", "collection": ROOT, "files[]": file}
    ).json()


@pytest.fixture
def team(admin_client, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return admin_client


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
REFUSED = {
    "drawing": ("drawing.svg", SVG, "Supported formats"),
    "drawing with a script": ("drawing.svg", SVG.replace(b"<rect", b"<script>alert(1)</script><rect"), "Supported"),
    "drawing under another name": ("drawing.png", SVG, "Not a valid"),
    "text": ("notes.jpg", b"These are notes.", "not an image or a corrupted image"),
    "empty file": ("empty.jpg", b"", "empty"),
    "cut off": ("cut.jpg", picture(size=(400, 300), quality=95)[:9000], "damaged or not complete"),
    "cut off PNG": ("cut.png", picture("PNG", size=(400, 300))[:-80], "damaged or not complete"),
    "another format": ("scan.tiff", picture("TIFF"), "Supported formats"),
    "format under another name": ("photo.png", picture(), "extension does not match"),
    "too many pixels": ("large.png", bomb(), "too many pixels (100000000)"),
    "too many bytes": ("heavy.jpg", picture() + b"\0" * (10 * 1024 * 1024), "too big"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_fit_picture_is_refused_with_a_reason_and_nothing_is_kept(team, case, settings, tmp_path):
    name, content, words = REFUSED[case]
    answer = upload(team, name, content)
    assert answer["success"] is False
    assert words in answer["error_message"].replace("\xa0", " ")
    assert not get_image_model().objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "format"), [("a.jpg", "JPEG"), ("a.jpeg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")]
)
def test_picture_is_kept_without_the_place_where_it_was_taken(team, name, format):
    content = picture(format, exif=located())
    assert b"Cameraworks" in content
    assert upload(team, name, content)["success"] is True
    image = get_image_model().objects.get()
    with image.file.open() as file:
        kept = file.read()
    assert b"Cameraworks" not in kept
    with Pillow.open(io.BytesIO(kept)) as opened:
        assert not opened.getexif().get_ifd(0x8825)
    assert image.file_size == len(kept)


def test_turned_photograph_stays_upright_in_every_size_and_no_size_tells_the_place(team):
    upload(team, "a.jpg", picture(exif=located()))
    image = get_image_model().objects.get()
    for spec in ("width-20|format-jpeg", "width-20|format-webp", "width-20|format-avif"):
        rendition = image.get_rendition(spec)
        assert (rendition.width, rendition.height) == (20, 30)
        with rendition.file.open() as file:
            made = file.read()
        assert b"Cameraworks" not in made
        with Pillow.open(io.BytesIO(made)) as opened:
            assert not opened.getexif().get_ifd(0x8825)


def test_picture_that_replaces_another_one_is_looked_at_too(team):
    upload(team, "a.jpg", picture())
    image = get_image_model().objects.get()
    before = image.file.name
    cut = SimpleUploadedFile("b.jpg", picture(size=(400, 300), quality=95)[:9000], "image/jpeg")
    url = reverse("wagtailimages:edit", args=[image.pk])
    response = team.post(url, {"title": "Another", "collection": ROOT, "file": cut})
    assert "damaged or not complete" in response.content.decode()
    image.refresh_from_db()
    assert image.file.name == before


def test_picture_chosen_while_a_story_is_written_is_looked_at_too(team):
    cut = SimpleUploadedFile("b.jpg", picture(size=(400, 300), quality=95)[:9000], "image/jpeg")
    fields = {"image-chooser-upload-title": "A picture", "image-chooser-upload-collection": ROOT}
    response = team.post(reverse("wagtailimages_chooser:create"), {**fields, "image-chooser-upload-file": cut})
    assert "damaged or not complete" in json.dumps(response.json())
    assert not get_image_model().objects.exists()
