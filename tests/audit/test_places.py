"""How kinds of pages are found: all models, all names, and what pages lead to."""

from django.apps import apps
from django.conf import settings

from home.models.article import SitePage

from . import audience, staff
from .places import NO_PAGES, Place, kinds, led_to, names

PAGE = Place("StoryPage", "en", "/en/stories/one/")


def test_every_model_of_a_page_is_a_kind():
    assert set(kinds()) == {model for model in apps.get_models() if issubclass(model, SitePage)}


def test_every_public_name_is_found_below_its_language_and_none_of_the_admin():
    found = dict(names())
    assert found["subscribe"] == "LANGUAGE/subscribe/"
    assert found["unsubscribe"].startswith("u/")
    assert not [route for route in found.values() if route.startswith("admin/")]


def test_whatever_is_said_to_be_no_page_has_a_name():
    assert set(NO_PAGES) - {"wagtail_serve"} <= set(dict(names()))


def test_staff_pages_of_ours_are_found_and_wagtails_are_not():
    found = staff.names()
    assert found["snapshots:index"] == "admin/snapshots/"
    assert not [name for name in found if name.startswith("wagtailadmin")]


def test_every_staff_address_of_the_audience_is_looked_at_or_said_to_be_no_page():
    listed = [*audience.LOOKED_AT_BY, *audience.NO_PAGES]
    assert sorted(listed) == sorted(staff.names_of(audience.PACKAGE))


def test_what_is_said_to_be_no_staff_page_has_a_name():
    assert set(staff.NO_PAGES) <= set(staff.names())


def test_page_of_a_translation_leads_to_everything_else_about_it():
    found = set(staff.siblings("/admin/translations/12/compare/", staff.names()))
    assert {"/admin/translations/12/review/", "/admin/translations/12/import/"} <= found
    assert "/admin/translations/12/compare/" not in found


def test_page_about_nothing_in_particular_has_no_siblings():
    assert list(staff.siblings("/admin/translations/export/", staff.names())) == []


def test_links_frames_and_choices_lead_on_but_not_to_other_sites():
    text = f"""
    <a href="../two/">Two</a> <a href="https://elsewhere.example/">Elsewhere</a>
    <link rel="alternate" href="{settings.SITE_URL}/en/feed/"> <iframe src="/en/embed/"></iframe>
    <form action="/en/news/">
    <select name="year"><option value="">All</option><option value="2026">2026</option></select>
    </form>
    <form method="post" action="/en/send/"><input name="text"></form>
    """
    assert list(led_to(text, PAGE)) == ["/en/stories/two/", "/en/feed/", "/en/embed/", "/en/news/?year=2026"]
