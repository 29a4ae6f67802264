import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageOps, PngImagePlugin

from home.images.metadata import NotWhole, without_metadata

FORMATS = ["jpeg", "png", "webp"]


def made(format: str, size=(37, 23), mode="RGB", **options) -> bytes:
    file = io.BytesIO()
    image = Pillow.new(mode, size)
    bands = len(image.getbands())
    image.putdata(
        [tuple((x * 7 + y * band * 3) % 256 for band in range(bands)) for y in range(size[1]) for x in range(size[0])]
    )
    image.save(file, format.upper(), **options)
    return file.getvalue()


def described() -> Pillow.Exif:
    exif = Pillow.Exif()
    exif[0x010E] = "secret"
    return exif


def pixels(content: bytes) -> bytes:
    with Pillow.open(io.BytesIO(content)) as image:
        return ImageOps.exif_transpose(image).convert("RGBA").tobytes()


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("jpeg", {"progressive": True, "icc_profile": b"profile" * 30}),
        ("jpeg", {"comment": b"secret", "restart_marker_blocks": 1}),
        ("png", {"pnginfo": "secret"}),
        ("webp", {"lossless": True, "xmp": b"secret"}),
        ("webp", {"exif": described()}),
    ],
)
def test_pixels_and_profile_stay_and_words_go(format, options):
    if options.get("pnginfo"):
        options = {"pnginfo": PngImagePlugin.PngInfo()}
        options["pnginfo"].add_text("Comment", "secret")
    content = made(format, **options)
    clean = without_metadata(content, format)
    assert b"secret" not in clean
    assert pixels(clean) == pixels(content)
    with Pillow.open(io.BytesIO(clean)) as image:
        assert image.info.get("icc_profile") == options.get("icc_profile")


@pytest.mark.parametrize("turned", range(1, 9))
def test_photograph_is_turned_as_before(turned):
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010E] = turned, "secret"
    content = made("jpeg", exif=exif)
    clean = without_metadata(content, "jpeg", orientation=turned)
    assert b"secret" not in clean
    assert pixels(clean) == pixels(content)


def test_film_behind_a_photograph_goes():
    clean = without_metadata(made("jpeg") + b"film with its place", "jpeg")
    assert not clean.endswith(b"place")


@pytest.mark.parametrize("format", FORMATS)
def test_clean_picture_is_left_as_it_is(format):
    clean = without_metadata(made(format), format)
    assert without_metadata(clean, format) == clean


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_ends_too_early_or_is_something_else_is_named_so(format, data):
    content = made(format)
    cut = content[: data.draw(st.integers(0, len(content) - 3))]
    with pytest.raises(NotWhole):
        without_metadata(cut, format)


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=200))
def test_noise_ends_with_an_error_of_ours_or_a_picture(format, noise):
    starts = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF\x10\0\0\0WEBP"}
    for content in (noise, starts[format] + noise):
        try:
            without_metadata(content, format)
        except NotWhole:
            continue
