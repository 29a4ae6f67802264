"""Which addresses a message may lead to, and whether those of this site lead somewhere."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.links import is_inside, validate_link
from outreach.broadcasts.own_links import language_of, look_at, why_nowhere
from outreach.broadcasts.rendering import problems
from outreach.delivery import lifecycle
from outreach.tracking.archive import path_of
from tests.outreach.broadcasts.conftest import NOW, make_private

SITE = "http://testserver"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "printer",
        "files.local",
        "wiki.internal",
        "intranet.corp",
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.9",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "fec0::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2130706433",
        "0x7f.0.0.1",
        "127.1",
    ],
)
def test_an_address_that_only_one_network_knows_is_refused(host):
    with pytest.raises(ValidationError, match="only in one network"):
        validate_link(f"https://[{host}]/" if ":" in host else f"https://{host}/")


@pytest.mark.parametrize(
    "host", ["example.org", "sub.example.org.", "93.184.216.34", "2606:2800::1", "münchen.example"]
)
def test_a_public_address_is_taken(host):
    assert not is_inside(host)


@pytest.mark.parametrize(
    "target", ["https://ana:secret@a.example/", "https://:x@a.example/", "https://a.example:99999/"]
)
def test_an_address_with_a_password_or_a_port_that_cannot_be_is_refused(target):
    with pytest.raises(ValidationError, match="is not a link that can be sent"):
        validate_link(target)


@pytest.mark.django_db
def test_addresses_of_this_site_that_lead_somewhere_are_fine(story, french):
    for path in ("/en/stories/one-in-eight/", "/fr/stories/one-in-eight/", "/en/", "/", "/en/subscribe/"):
        assert why_nowhere(f"{SITE}{path}?utm=1#top") == "", path
    for path in ("/en/stories", "/en/subscribe", "/subscribe/", "/stories/one-in-eight/", "/stories/one-in-eight"):
        assert why_nowhere(f"{SITE}{path}") == "", f"the site leads on from {path}"
    assert why_nowhere("https://elsewhere.example/nothing") == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/en/stories/no-such-story/", "/fr/stories/two/", "/de/stories/one-in-eight/", "/nothing.html"]
)
def test_an_address_of_this_site_that_leads_nowhere_is_refused(story, message, path):
    text = message(body=f'<p><a href="{SITE}{path}">here</a></p>')

    assert problems(text) == [f"“{SITE}{path}” leads to no published page of this site."]
    assert problems(message("telegram", button_label="Go", button_url=f"{SITE}{path}"))


@pytest.mark.django_db
def test_a_page_that_is_taken_down_or_for_staff_is_refused_and_a_redirect_is_not(story):
    address = f"{SITE}/en/stories/one-in-eight/"
    story.unpublish()
    assert "no published page" in why_nowhere(address)
    assert "page for staff" in why_nowhere(f"{SITE}/admin/pages/")

    Redirect.add_redirect("/en/stories/one-in-eight/", redirect_to="/en/")

    assert why_nowhere(address) == ""


@pytest.mark.django_db
def test_an_old_address_leads_where_its_redirect_does(story, client):
    old = f"{SITE}{story.url}"
    story.slug = "another-place"
    story.save_revision().publish()
    story.refresh_from_db()
    Redirect.add_redirect("/en/stories/one-in-eight/", redirect_to=story, automatically_created=True)
    Redirect.add_redirect("/short", redirect_to=old)
    Redirect.add_redirect("/away", redirect_to="https://elsewhere.example/")
    Redirect.add_redirect("/office", redirect_to="/admin/")
    assert [why_nowhere(place) for place in (old, f"{SITE}/short", f"{SITE}/away")] == ["", "", ""]
    assert "no published page" in why_nowhere(f"{SITE}/office")

    story.unpublish()

    assert client.get(old, follow=True).status_code == 404
    assert "no published page" in why_nowhere(old)
    assert "no published page" in why_nowhere(f"{SITE}/short")


@pytest.mark.django_db
def test_redirects_in_a_circle_lead_nowhere(stories):
    Redirect.add_redirect("/there", redirect_to=f"{SITE}/back")
    Redirect.add_redirect("/back", redirect_to=f"{SITE}/there")

    assert "no published page" in why_nowhere(f"{SITE}/there")


@pytest.mark.django_db
def test_a_document_leads_somewhere_while_it_is_there_and_everybody_may_have_it(stories, client, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    collection = Collection.get_first_root_node().add_child(name="Leaflets")
    document = get_document_model().objects.create(
        title="Leaflet", file=ContentFile(b"%PDF", name="leaflet.pdf"), collection=collection
    )
    target = SITE + document.url
    assert client.get(target).status_code == 200
    assert why_nowhere(target) == ""
    for other in (target.replace("leaflet", "other"), f"{SITE}/documents/{'9' * 30}/leaflet.pdf"):
        assert "no published page" in why_nowhere(other)

    rule = CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    assert "no published page" in why_nowhere(target)
    rule.delete()
    assert why_nowhere(target) == ""
    document.delete()
    assert client.get(target).status_code == 404
    assert "no published page" in why_nowhere(target)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/en/results/none/",
        "/en/results/none/pdf/",
        "/en/messages/nonsense/",
        "/en/infographic/none.csv",
        "/fr/infographic/stock.csv",
        "/en/feed/none/",
        f"/picture/{'0' * 64}.png",
    ],
)
def test_a_view_that_has_nothing_for_an_address_leads_nowhere(infographic, client, path):
    assert "no published page" in why_nowhere(f"{SITE}{path}")

    assert client.get(path).status_code in {404, 410}


@pytest.mark.django_db
def test_a_view_that_has_something_for_an_address_leads_somewhere(infographic, client):
    Campaign.objects.create(name="Moving", slug="moving", starts_on=NOW.date(), ends_on=NOW.date())

    for path in (
        "/en/results/moving/",
        "/en/infographic/stock.csv",
        "/en/infographic/stock/embed/",
        "/en/results/moving",
    ):
        assert client.get(path, follow=True).status_code == 200
        assert why_nowhere(f"{SITE}{path}") == "", path
        assert not look_at(f"{SITE}{path}").is_unknown


@pytest.mark.django_db
def test_the_public_page_of_a_mail_leads_somewhere_once_it_is_sent(scheduled, client, now):
    target = SITE + path_of(scheduled.messages.get(channel="email", language="en"))
    assert "no published page" in why_nowhere(target)

    assert lifecycle.start(broadcast_id=scheduled.pk, now=now)

    assert client.get(target).status_code == 200
    assert why_nowhere(target) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/u/nonsense", "/en/confirm/nonsense/", "/en/results/moving/pdf/"])
def test_a_view_that_may_act_is_not_asked(stories, path):
    Campaign.objects.create(name="Moving", slug="moving", starts_on=NOW.date(), ends_on=NOW.date())

    assert why_nowhere(f"{SITE}{path}") == ""
    assert look_at(f"{SITE}{path}").is_unknown


@pytest.mark.django_db
def test_the_admin_is_for_staff_with_and_without_a_slash(stories):
    for path in ("/admin", "/admin/", "/admin/pages/"):
        assert "page for staff" in why_nowhere(f"{SITE}{path}"), path
    assert "no published page" in why_nowhere(f"{SITE}/administration/")


@pytest.mark.django_db
@pytest.mark.parametrize("above", [False, True])
def test_a_private_page_leads_readers_nowhere(story, french, message, client, above):
    make_private(story.get_parent() if above else story)
    assert client.get(story.url).status_code == 302

    assert "no published page" in why_nowhere(story.full_url)
    assert why_nowhere(french.full_url) == ""
    by_number = message(body=f'<p><a linktype="page" id="{story.pk}">here</a></p>')
    assert problems(by_number) == ["A link leads to a page that is not published."]
    by_number.language = "fr"
    assert problems(by_number) == []


@pytest.mark.django_db
def test_looking_at_addresses_fetches_nothing_and_leaves_the_language(story, django_assert_max_num_queries):
    from django.utils.translation import get_language, override

    with override("fr"), django_assert_max_num_queries(12):
        why_nowhere(f"{SITE}/en/stories/one-in-eight/")
        assert get_language() == "fr"


def test_the_language_of_an_address_is_that_of_its_path():
    assert language_of(f"{SITE}/fr/stories/") == "fr"
    assert language_of(f"{SITE}/picture/x") == ""
    assert language_of("https://elsewhere.example/fr/") == ""
