import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import polib
import pytest
from django.contrib.auth.models import User
from wagtail.models import Page, PageLogEntry
from wagtail_localize.models import StringTranslation, Translation

from home.models import StoryPage
from home.translation import catalogue_files
from home.translation.catalogue_export import NothingToExport, catalogue, export_bundle, file_name
from home.translation.catalogue_files import CatalogueFile, RefusedFile, read_upload
from home.translation.catalogue_import import Plan, Verdict, apply_import, fingerprint, plan_import
from home.translation.states import State, states

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def translation_of(page: StoryPage) -> Translation:
    return Translation.objects.get(source__object_id=page.translation_key, target_locale=page.locale)


@pytest.fixture
def po(spanish_story: StoryPage) -> polib.POFile:
    """The catalogue of the Spanish draft, as a translator gets it."""
    return catalogue(translation_of(spanish_story))


def entry(po: polib.POFile, msgid: str) -> polib.POEntry:
    return next(entry for entry in po if entry.msgid == msgid)


@pytest.fixture
def plan(user: User) -> Callable[..., list[Plan]]:
    def made(*catalogues: polib.POFile, **kwargs: object) -> list[Plan]:
        files = [read_upload(name=f"{n}.po", data=str(po).encode())[0] for n, po in enumerate(catalogues)]
        return plan_import(files=files, user=user, **kwargs)

    return made


def verdict(plans: list[Plan], msgid: str) -> Verdict:
    return next(text.verdict for text in plans[0].texts if text.source == msgid)


def zipped(*files: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return target.getvalue()


# Export


def test_catalogue_says_page_language_and_field_of_each_text(po):
    assert po.metadata["Language"] == "es"
    assert po.metadata["X-Page"] == "Two in three roofs were rebuilt by mixed crews"
    assert entry(po, "Always").comment.startswith("body")


def test_one_waiting_page_is_one_po_file(story, user):
    bundle = export_bundle(sources=[story], languages=["es"], only_waiting=True, user=user, now=NOW)
    assert bundle.name == "stories-who-builds-roofs.es.po"
    assert bundle.catalogues == 1


def test_many_catalogues_are_one_zip_file_with_advice_that_comes_back_whole(site, user):
    sources = list(Page.objects.filter(locale__language_code="en", depth__gt=1))
    bundle = export_bundle(sources=sources, languages=["fr", "es"], only_waiting=False, user=user, now=NOW)
    assert bundle.name == "translations-2026-11-26.zip"
    names = zipfile.ZipFile(io.BytesIO(bundle.data)).namelist()
    assert "README.txt" in names
    assert "fr/stories-who-builds-roofs.po" in names
    files = read_upload(name=bundle.name, data=bundle.data)
    plans = plan_import(files=files, user=user)
    assert len(plans) == bundle.catalogues == 2 * len(sources)
    assert not any(plan.taken for plan in plans)


def test_page_that_nobody_drafted_is_exported_with_a_draft(story, user):
    export_bundle(sources=[story], languages=["acf"], only_waiting=True, user=user, now=NOW)
    assert states([story])[story.pk]["acf"][0] is State.DRAFT


def test_stale_page_is_exported_with_what_its_source_says_now(story, french_story, user):
    story.summary = "Something else."
    story.save_revision().publish()
    bundle = export_bundle(sources=[story], languages=["fr"], only_waiting=True, user=user, now=NOW)
    assert "Something else." in bundle.data.decode()


def test_nothing_waiting_is_said(story, user):
    with pytest.raises(NothingToExport):
        export_bundle(sources=[story], languages=["fr"], only_waiting=True, user=user, now=NOW)


def test_file_is_named_after_the_place_of_the_page(story, home_page):
    assert file_name(story) == "stories-who-builds-roofs"
    assert file_name(home_page) == "home"


# What a catalogue would change


def test_each_text_gets_its_verdict(po, plan, spanish_story):
    title = po[0]
    entry(po, "Always").msgstr = "Siempre"
    title.msgstr = "Otro título"
    entry(po, "Yours").msgstr = ""
    entry(po, "This is an international standard.").flags.append("fuzzy")
    po.append(polib.POEntry(msgctxt="title", msgid="A text of last year", msgstr="Un texto"))
    plans = plan(po)
    assert verdict(plans, "Always") is Verdict.NEW
    assert verdict(plans, title.msgid) is Verdict.CHANGED
    assert verdict(plans, "Yours") is Verdict.EMPTY
    assert verdict(plans, "This is an international standard.") is Verdict.FUZZY
    assert verdict(plans, "A text of last year") is Verdict.UNKNOWN
    assert dict(plans[0].counts())[Verdict.SAME] == len(plans[0].texts) - 5


def test_looking_changes_nothing(po, plan):
    before = list(StringTranslation.objects.order_by("pk").values())
    entry(po, "Always").msgstr = "Siempre"
    plan(po)
    assert list(StringTranslation.objects.order_by("pk").values()) == before


def test_lost_or_invented_link_is_left_out(user, site):
    about = Page.objects.get(locale__language_code="fr", slug="about").specific
    po = catalogue(translation_of(about))
    link = next(e for e in po if '<a id="a1">' in e.msgid)
    for wrong in ("Une petite équipe avec un bureau.", '<a id="a9">un bureau</a>'):
        link.msgstr = wrong
        plans = plan_import(files=[CatalogueFile("a.po", po)], user=user)
        assert verdict(plans, link.msgid) is Verdict.LINKS
    link.msgstr = 'Avec <a id="a1">un bureau</a>, une équipe.'
    assert verdict(plan_import(files=[CatalogueFile("a.po", po)], user=user), link.msgid) is Verdict.CHANGED


def test_changed_formatting_is_taken_and_pointed_at(po, plan):
    bold = next(e for e in po if "<b>" in e.msgid)
    bold.msgstr = "Un equipo empieza a las seis."
    text = next(text for text in plan(po)[0].texts if text.source == bold.msgid)
    assert text.verdict is Verdict.CHANGED
    assert text.formatting_differs


def test_changed_placeholder_is_left_out(story, user, spanish_story):
    story.summary = "Crews of {count} people."
    story.save_revision().publish()
    translation = translation_of(spanish_story)
    translation.source.update_from_db()
    po = catalogue(translation)
    entry(po, "Crews of {count} people.").msgstr = "Equipos de {numero} personas."
    plans = plan_import(files=[CatalogueFile("a.po", po)], user=user)
    assert verdict(plans, "Crews of {count} people.") is Verdict.PLACEHOLDERS


def test_translation_longer_than_its_field_is_left_out(po, plan, story):
    entry(po, story.title).msgstr = "t" * 256
    assert verdict(plan(po), story.title) is Verdict.TOO_LONG


def test_quotation_marks_and_spaces_of_a_word_processor_stay(po, plan, user, spanish_story):
    words = "« Siempre » – “aquí” …"
    entry(po, "Always").msgstr = words
    apply_import(plans=plan(po), user=user)
    assert words in [e.msgstr for e in catalogue(translation_of(spanish_story))]


# Taking it


def test_import_saves_texts_and_draft_and_is_in_the_history(po, plan, user, spanish_story):
    entry(po, "Always").msgstr = "Siempre"
    assert apply_import(plans=plan(po), user=user) == 1
    spanish_story.refresh_from_db()
    assert "Siempre" in str(spanish_story.body.get_prep_value())
    assert not spanish_story.live
    assert PageLogEntry.objects.filter(page=spanish_story.pk, action="home.import_translation").exists()


def test_live_page_keeps_its_words_until_somebody_publishes(french_story, user):
    po = catalogue(translation_of(french_story))
    po[0].msgstr = "Un autre titre"
    before = french_story.title
    apply_import(plans=plan_import(files=[CatalogueFile("a.po", po)], user=user), user=user)
    french_story.refresh_from_db()
    assert french_story.title == before
    assert catalogue(translation_of(french_story))[0].msgstr == "Un autre titre"


def test_page_that_refuses_its_words_leaves_every_other_page_as_it_was(po, plan, user, spanish_story, french_story):
    other = catalogue(translation_of(french_story))
    other[0].msgstr = "Un autre titre"
    entry(po, "Always").msgstr = "Siempre"
    plans = plan(other, po)
    StringTranslation.objects.filter(
        context__object_id=spanish_story.translation_key, context__path="title", locale=spanish_story.locale
    ).update(data="t" * 300)
    with pytest.raises(RefusedFile, match=r"1\.po"):
        apply_import(plans=plans, user=user)
    assert catalogue(translation_of(french_story))[0].msgstr != "Un autre titre"


def test_fingerprint_tells_whether_something_changed_since_it_was_looked_at(po, plan, spanish_story):
    entry(po, "Always").msgstr = "Siempre"
    looked_at = fingerprint(plan(po))
    assert fingerprint(plan(po)) == looked_at
    StringTranslation.objects.filter(locale=spanish_story.locale, context__path="title").update(data="Otra")
    assert fingerprint(plan(po)) != looked_at


# Refused


def test_catalogue_of_another_page_is_refused_by_name(po, plan, french_story):
    with pytest.raises(RefusedFile, match=r"“0\.po” is for another page: “Two in three roofs.*Español"):
        plan(po, expected=french_story)


def test_catalogue_with_the_header_of_another_page_is_refused(po, plan, site):
    about = Page.objects.get(locale__language_code="fr", slug="about").specific
    po.metadata["X-WagtailLocalize-TranslationID"] = str(translation_of(about).uuid)
    po.metadata["Language"] = "fr"
    with pytest.raises(RefusedFile, match="None of the texts"):
        plan(po)


@pytest.mark.parametrize(
    ("header", "value", "says"),
    [
        ("X-WagtailLocalize-TranslationID", "", "does not say which page"),
        ("X-WagtailLocalize-TranslationID", "not an id", "does not say which page"),
        ("X-WagtailLocalize-TranslationID", "8b0e1cd5-5b8c-4a8c-9df5-6f0a4c9b7f7d", "this site does not have"),
        ("Language", "ht", "says that it is in the language “ht”"),
    ],
)
def test_catalogue_that_belongs_nowhere_is_refused(po, plan, header, value, says):
    po.metadata[header] = value
    with pytest.raises(RefusedFile, match=says):
        plan(po)


def test_language_may_name_its_country(po, plan):
    po.metadata["Language"] = "es_DO"
    assert plan(po)


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", '<a href="https://example.org">Siempre</a>', '<b onclick="x()">S</b>', "<h2>S</h2>"],
)
def test_file_with_html_that_no_translation_needs_is_refused(po, plan, hostile):
    entry(po, "Always").msgstr = hostile
    with pytest.raises(RefusedFile, match="“Always” carries HTML that is not allowed"):
        plan(po)


def test_two_files_for_one_page_are_refused(po, plan):
    with pytest.raises(RefusedFile, match="same page and language"):
        plan(po, po)


def test_page_that_the_user_may_not_edit_is_refused(po, plan, spanish_story):
    reader = User.objects.create_user("reader")
    files = [CatalogueFile("a.po", po)]
    with pytest.raises(RefusedFile, match="may not edit"):
        plan_import(files=files, user=reader)
    Page.objects.filter(pk=spanish_story.pk).update(locked=True)
    with pytest.raises(RefusedFile, match="locked"):
        plan(po)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.po", b"", "is empty"),
        ("a.po", b"x" * (catalogue_files.MAX_UPLOAD + 1), "larger than 1.5 MB"),
        ("a.po", b"\x89PNG\r\n\x1a\n....", "not in UTF-8"),
        ("a.po", 'msgid "É"\nmsgstr "È"'.encode("latin-1"), "not in UTF-8"),
        ("a.po", b"Dear all, here is the text", "not a PO file"),
        ("a.po", b'msgid "a"\nmsgstr', "not a PO file that can be read"),
        ("a.po", b'msgid "a\nmsgstr "b"', "has no texts|not a PO file"),
        ("a.po", b'msgid ""\nmsgstr ""\n', "has no texts"),
        ("a.po", b'msgid "\0"\nmsgstr ""\n', "not a PO file"),
        ("a.zip", b"PK\x03\x04 not a zip", "damaged ZIP"),
        ("a.zip", zipped(), "holds no PO file|damaged ZIP"),
        ("a.zip", zipped(("../../etc/a.po", b"x")), "unsafe name “../../etc/a.po”"),
        ("a.zip", zipped(("/etc/a.po", b"x")), "unsafe name"),
        ("a.zip", zipped(("C:\\a.po", b"x")), "unsafe name"),
        ("a.zip", zipped(("a.exe", b"x")), "“a.exe”, which is not a PO file"),
        ("a.zip", zipped(("fr/a.zip", zipped(("a.po", b"x")))), "which is not a PO file"),
        ("a.zip", zipped(*((f"{n}.po", b"x") for n in range(501))), "more than 500 files"),
        ("bomb.zip", zipped(("a.po", b"0" * 60_000_000)), "“a.po” is larger than"),
        ("bomb.zip", zipped(*((f"{n}.po", b"0" * 999_999) for n in range(21))), "is larger than"),
    ],
)
def test_hostile_or_broken_upload_is_refused_by_name(name, data, says):
    with pytest.raises(RefusedFile, match=says):
        read_upload(name=name, data=data)


def test_zip_file_with_a_password_is_refused(po):
    data = bytearray(zipped(("a.po", str(po).encode())))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(RefusedFile, match="locked with a password"):
        read_upload(name="a.zip", data=bytes(data))


def test_what_computers_add_to_zip_files_is_passed_over(po):
    text = str(po).encode()
    data = zipped(("README.txt", b"Hello"), ("__MACOSX/._a.po", b"x"), ("es/.DS_Store", b"x"), ("es/a.po", text))
    assert [file.name for file in read_upload(name="a.zip", data=data)] == ["es/a.po"]


def test_file_of_the_machine_is_never_read(tmp_path):
    secret = tmp_path / "secret.po"
    secret.write_text('msgid "a"\nmsgstr "b"\n')
    with pytest.raises(RefusedFile, match="not a PO file"):
        read_upload(name="a.po", data=str(secret).encode())


def test_file_with_a_byte_order_mark_and_line_ends_of_windows_is_read(po):
    data = b"\xef\xbb\xbf" + str(po).replace("\n", "\r\n").encode()
    assert len(read_upload(name="a.po", data=data)[0].po) == len(po)
