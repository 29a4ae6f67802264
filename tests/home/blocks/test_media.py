import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail_localize.segments import OverridableSegmentValue, StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from home.blocks import AudioBlock, StoryBody, VideoBlock
from home.blocks.video import film
from home.models import StoryPage


@pytest.fixture
def recording(db: None, settings, tmp_path) -> Document:
    settings.MEDIA_ROOT = tmp_path
    return Document.objects.create(title="Read aloud", file=ContentFile(b"x" * 3_000_000, name="permit.mp3"))


def audio(document: Document | None, **changed: object) -> dict[str, object]:
    transcript = "<p>A work permit names an employer.</p>"
    value = {"title": "Permits", "language": "ht", "duration": "3:05", "transcript": transcript}
    return {**value, "audio": document and document.pk, **changed}


def video(**changed: object) -> dict[str, object]:
    value = {"title": "Payslips", "language": "en", "duration": "2:40", "summary": "<p>Three lines to check.</p>"}
    return {**value, "url": "https://vimeo.com/76979871", **changed}


def faults(block: object, value: dict[str, object]) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python(value))
    return {name: str(error) for name, error in refused.value.block_errors.items()}


def test_audio_says_language_duration_and_size_and_loads_nothing(recording):
    block = AudioBlock()
    html = block.render(block.to_python(audio(recording)))
    assert 'preload="none"' in html
    assert "autoplay" not in html
    assert "3:05" in html
    assert "2.9" in html
    assert '<span lang="ht">Kreyòl ayisyen</span>' in html
    assert "A work permit names an employer." in html
    assert 'type="audio/mpeg"' in html


@pytest.mark.parametrize("name", ["list.pdf", "film.mp4", "page.html", "noend"])
def test_only_audio_files_are_taken(db, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path
    document = Document.objects.create(title="x", file=ContentFile(b"x", name=name))
    assert "is no audio file" in faults(AudioBlock(), audio(document))["audio"]


@pytest.mark.parametrize("duration", ["", "3", "3:99", "three minutes", "3:05:10:11", "٣:٠٥x"])
def test_duration_is_minutes_and_seconds(recording, duration):
    assert "duration" in faults(AudioBlock(), audio(recording, duration=duration))


def test_transcript_and_title_are_required(recording):
    assert faults(AudioBlock(), audio(recording, transcript="", title="")).keys() == {"title", "transcript"}


@pytest.mark.parametrize(
    ("url", "site", "plain"),
    [
        ("https://youtu.be/aqz-KE-bpKQ?si=f00", "YouTube", "https://www.youtube.com/watch?v=aqz-KE-bpKQ"),
        (
            "https://www.youtube.com/watch?v=aqz-KE-bpKQ&list=x",
            "YouTube",
            "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
        ),
        (
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ",
            "YouTube",
            "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
        ),
        ("https://m.youtube.com/shorts/aqz-KE-bpKQ", "YouTube", "https://www.youtube.com/watch?v=aqz-KE-bpKQ"),
        ("https://player.vimeo.com/video/76979871?h=1", "Vimeo", "https://vimeo.com/76979871"),
        ("https://vimeo.com/76979871/", "Vimeo", "https://vimeo.com/76979871"),
        ("https://peertube.example/videos/watch/9c9de5e8", "peertube.example", "https://peertube.example/w/9c9de5e8"),
    ],
)
def test_film_is_linked_by_its_plain_address(url, site, plain):
    assert film(url) == (site, plain)
    block = VideoBlock()
    assert block.clean(block.to_python(video(url=url)))["url"] == plain


@pytest.mark.parametrize(
    "url",
    [
        "http://vimeo.com/76979871",
        "https://vimeo.com/",
        "https://www.youtube.com/watch?v=<script>",
        "https://www.youtube.com/@someone",
        "https://youtube.com.example.org/watch?v=aqz-KE-bpKQ",
        "https://user:pass@vimeo.com/76979871",
        "https://example.org/film.mp4",
    ],
)
def test_other_addresses_are_refused_beside_the_field(url):
    assert film(url) is None
    assert "not the address of a film" in faults(VideoBlock(), video(url=url))["url"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "no address", ""])
def test_what_is_no_address_is_refused_beside_the_field(url):
    assert "url" in faults(VideoBlock(), video(url=url))


def test_video_is_a_link_and_asks_nothing_of_the_other_site():
    block = VideoBlock()
    html = block.render(block.to_python(video()))
    assert not re.search(r"<(iframe|video|script|img|embed|object|link)", html)
    assert re.findall(r'(?:src|href)="(https?://[^"]+)"', html) == ["https://vimeo.com/76979871"]
    assert "Watch at Vimeo" in html
    assert "2:40" in html


def test_every_block_of_a_story_teaches_what_it_is_for():
    for name, block in StoryBody().child_blocks.items():
        assert block.get_description(), name
        assert block.meta.group, name
        assert block.meta.icon != "placeholder", name


@pytest.mark.parametrize("name", ["text", "quote", "figure", "callout", "audio", "video"])
def test_block_is_shown_in_the_chooser_as_on_the_site(admin_client: Client, site, name):
    block = StoryBody().child_blocks[name]
    assert block.is_previewable
    shown = StoryPage.body.field.stream_block.child_blocks[name]
    page = admin_client.get(reverse("wagtailadmin_block_preview"), {"id": shown.definition_prefix})
    assert page.status_code == 200
    assert "site/components.css" in page.content.decode()


def test_words_of_sound_and_film_are_translated_and_files_and_addresses_can_be_replaced(recording, story: StoryPage):
    body = [{"type": "audio", "value": audio(recording), "id": "a"}, {"type": "video", "value": video(), "id": "v"}]
    story.body = body
    said = list(extract_segments(story))
    words = {segment.string.data for segment in said if isinstance(segment, StringSegmentValue)}
    assert {"Permits", "A work permit names an employer.", "Payslips", "Three lines to check."} <= words
    assert "3:05" not in words
    replaceable = {segment.path: segment.data for segment in said if isinstance(segment, OverridableSegmentValue)}
    assert replaceable["body.a.audio"] == recording.pk
    assert replaceable["body.v.url"] == "https://vimeo.com/76979871"


def test_story_with_sound_and_film_is_served(recording, story: StoryPage, reader: Client):
    story.body = [{"type": "audio", "value": audio(recording)}, {"type": "video", "value": video()}]
    story.save_revision().publish()
    page = reader.get(story.url).content.decode()
    assert 'preload="none"' in page
    assert "Watch at Vimeo" in page
    assert "site/media.css" in page
