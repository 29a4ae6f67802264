"""Rights cards: in their list, on their page, in a story, on a topic page, and in the editor."""

import html
import re

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text
from wagtail_localize.models import Translation

from home.models import HomePage, RightsCardPage, RightsIndexPage, StoryPage

INDEX = "/en/your-rights/"
CARD = "/en/your-rights/papers/"
STANDARD = "International standard, not national law"
RATIFIED = "Treaty that Dominica has ratified"


@pytest.fixture
def card(site) -> RightsCardPage:
    return RightsCardPage.objects.get(slug="papers", locale__language_code="en")


@pytest.fixture
def french_card(site) -> RightsCardPage:
    return RightsCardPage.objects.get(slug="papers", locale__language_code="fr")


def read(reader: Client, address: str) -> str:
    response = reader.get(address)
    assert response.status_code == 200
    assert not response.cookies
    return html.unescape(response.content.decode())


def listed(page: str) -> list[str]:
    return re.findall(r'<h\d class="right__name"><a href="[^"]*">(.*?)</a>', page)


def with_card(story: StoryPage, *cards: RightsCardPage) -> None:
    story.body = [*story.body.raw_data, *({"type": "rights_card", "value": card.pk} for card in cards)]
    story.save_revision().publish()


@pytest.mark.parametrize("language", ["en", "fr", "ht"])
def test_list_and_card_are_read_in_every_language_that_has_them(site, reader: Client, language):
    for address in (INDEX, CARD):
        page = read(reader, address.replace("/en/", f"/{language}/"))
        assert f'<html lang="{language}"' in page
        assert page.count("<h1") == 1


def test_list_shows_every_card_whole_for_paper(site, reader: Client):
    page = read(reader, INDEX)
    assert listed(page) == ["Passport and permits", "Free information"]
    for words in (
        "Your passport is yours.", "Nobody may keep it.", "Photograph every page.", "Your consulate.",
        "Not a party in 2014.", "The convention, 1990", "article 21",
    ):  # fmt: skip
        assert words in page
    assert "2 cards." in page


def test_legal_status_is_said_by_words_and_by_a_sign_and_a_line_of_its_own(site, reader: Client):
    page = read(reader, INDEX)
    standard, ratified = (
        page[page.index(f'right--{kind}">') :].partition("</li>\n")[0] for kind in ("standard", "ratified")
    )
    assert f"</span>{STANDARD}" in standard
    assert 'class="status status--standard"' in standard
    assert f"</span>{RATIFIED}" in ratified
    signs = {re.search(r"<svg.*?</svg>", card, re.DOTALL)[0] for card in (standard, ratified)}
    assert len(signs) == 2


def test_international_standard_is_never_taken_for_law(site, reader: Client):
    page = read(reader, CARD)
    assert STANDARD in page
    assert "it is not automatically law here" in page
    assert "Law in Dominica" not in page.replace("Is this law in Dominica?", "")


@pytest.mark.parametrize(
    ("query", "names", "count"),
    [
        ("topic=work", ["Passport and permits"], "1 of 2 cards"),
        ("topic=data", ["Free information"], "1 of 2 cards"),
        ("status=ratified", ["Free information"], "1 of 2 cards"),
        ("topic=work&status=standard", ["Passport and permits"], "1 of 2 cards"),
        ("topic=nonsense&status=%00", ["Passport and permits", "Free information"], "2 cards."),
        ("topic=&status=", ["Passport and permits", "Free information"], "2 cards."),
        ("topic=<script>", ["Passport and permits", "Free information"], "2 cards."),
    ],
)
def test_address_says_topic_and_legal_status(site, reader: Client, query, names, count):
    page = read(reader, f"{INDEX}?{query}")
    assert listed(page) == names
    assert count in page
    assert "<script>" not in page


def test_each_choice_keeps_the_other_and_says_how_many_cards_it_leaves(site, reader: Client):
    page = read(reader, f"{INDEX}?topic=work")
    assert f'href="?status=standard&topic=work">{STANDARD} <span class="choice-link__number">1<' in page
    assert f'href="?status=ratified&topic=work">{RATIFIED} <span class="choice-link__number">0<' in page
    assert 'href="?topic=work" aria-current="true">Work' in page
    assert 'href="./">All <span class="choice-link__number">2<' in page


def test_no_card_left_says_how_to_go_on(site, reader: Client):
    page = read(reader, f"{INDEX}?topic=work&status=ratified")
    assert listed(page) == []
    assert "0 of 2 cards · Work" in page
    assert "Choose “All” in one of the two lines above" in page
    assert f'href="{INDEX}">Show every card' in page


def test_list_without_cards_says_so(site, reader: Client):
    for card in RightsCardPage.objects.filter(locale__language_code="fr"):
        card.unpublish()
    page = read(reader, INDEX.replace("/en/", "/fr/"))
    assert '<div class="notice">' in page
    assert listed(page) == []


def test_card_shows_all_of_it_and_leads_to_the_next_one(site, reader: Client):
    page = read(reader, CARD)
    for words in ("What it means", "Nobody may keep it.", "Photograph every page.", "Your consulate.", "article 21"):
        assert words in page
    assert 'rel="next" href="/en/your-rights/free-information/"' in page
    assert 'rel="prev"' not in page
    assert 'rel="prev" href="/en/your-rights/papers/"' in read(reader, "/en/your-rights/free-information/")
    assert 'href="https://example.org/convention"' in page


def test_sentence_of_a_card_is_its_summary_in_every_language(card: RightsCardPage, french_card: RightsCardPage):
    assert card.summary == "Your passport is yours."
    assert french_card.summary == french_card.right == "Your passport is yours. [fr]"


def test_changed_sentence_is_the_summary_of_the_translation_too(card: RightsCardPage, french_card: RightsCardPage):
    card.status = "ratified"
    card.save_revision().publish()
    translation = Translation.objects.get(source__object_id=card.translation_key, target_locale__language_code="fr")
    translation.source.update_from_db()
    translation.save_target(publish=False)
    draft = RightsCardPage.objects.get(pk=french_card.pk).get_latest_revision_as_object()
    assert draft.status == "ratified"
    assert draft.summary == "Your passport is yours. [fr]"


def test_number_of_queries_does_not_grow_with_the_cards(
    card: RightsCardPage, reader: Client, django_assert_max_num_queries
):
    for address in (INDEX, CARD, "/en/work/"):
        read(reader, address)
        with django_assert_max_num_queries(24) as few:
            read(reader, address)
        for number in range(8):
            extra = RightsCardPage(
                slug=f"{address.strip('/').replace('/', '-')}-{number}",
                **{name: getattr(card, name) for name in (
                    "title", "right", "meaning", "what_to_do", "where_to_ask", "status", "source", "article",
                )},
            )  # fmt: skip
            extra.topics = [type(card.topics.first())(topic="work")]
            card.get_parent().add_child(instance=extra)
        with django_assert_max_num_queries(len(few)):
            read(reader, address)


def test_story_shows_a_card_in_its_own_language(card: RightsCardPage, french_story: StoryPage, reader: Client):
    with_card(french_story, card)
    page = read(reader, french_story.url)
    assert "Your passport is yours. [fr]" in page
    assert 'href="/fr/your-rights/papers/"' in page
    assert "languages-note" not in page


def test_story_says_when_a_card_is_in_another_language(
    card: RightsCardPage, french_card: RightsCardPage, french_story: StoryPage, reader: Client
):
    french_card.unpublish()
    with_card(french_story, card)
    page = read(reader, french_story.url)
    assert '<p class="languages-note">' in page
    assert '<div lang="en" dir="ltr">' in page


def test_story_leaves_out_a_card_that_is_withdrawn_or_private(card: RightsCardPage, story: StoryPage, reader: Client):
    with_card(story, card)
    assert "right--embed" in read(reader, story.url)
    restriction = PageViewRestriction.objects.create(page=card, restriction_type="login")
    assert "right--embed" not in read(reader, story.url)
    restriction.delete()
    card.unpublish()
    assert "right--embed" not in read(reader, story.url)


def test_cards_of_a_story_take_the_same_queries_however_many_they_are(
    card: RightsCardPage, story: StoryPage, reader: Client, django_assert_max_num_queries
):
    other = RightsCardPage.objects.get(slug="free-information", locale__language_code="en")
    with_card(story, card)
    read(reader, story.url)
    with django_assert_max_num_queries(30) as one:
        read(reader, story.url)
    with_card(story, other, card, other)
    with django_assert_max_num_queries(len(one)):
        read(reader, story.url)


def test_story_reads_otherwise_once_its_card_does(card: RightsCardPage, story: StoryPage):
    with_card(story, card)
    before = StoryPage.objects.get(pk=story.pk).content_hash()
    card.right = "Your passport and your permits are yours."
    card.save_revision().publish()
    assert StoryPage.objects.get(pk=story.pk).content_hash() != before


def test_topic_page_shows_its_cards_and_the_way_to_all_of_them(site, reader: Client):
    page = read(reader, "/en/work/")
    assert listed(page) == ["Passport and permits"]
    assert 'href="/en/your-rights/?topic=work"' in page


def test_private_card_is_not_listed(card: RightsCardPage, reader: Client):
    PageViewRestriction.objects.create(page=card, restriction_type="login")
    assert listed(read(reader, INDEX)) == ["Free information"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("right", "x" * 301, "at most 300 characters"),
        ("right", "", "cannot be blank"),
        ("status", "perhaps", "is not a valid choice"),
        ("source_url", "javascript:alert(1)", "Enter a valid URL"),
    ],
)
def test_wrong_card_is_refused_beside_its_field(card: RightsCardPage, name, value, message):
    setattr(card, name, value)
    with pytest.raises(ValidationError) as refused:
        card.full_clean()
    assert message in " ".join(refused.value.message_dict[name])


def test_form_of_a_new_card_refuses_a_slug_that_exists_and_saves_nothing(editor: Client, card: RightsCardPage):
    index = RightsIndexPage.objects.get(locale__language_code="en")
    address = reverse("wagtailadmin_pages:add", args=("home", "rightscardpage", index.pk))
    assert editor.get(address).status_code == 200
    before = Page.objects.count()
    response = editor.post(address, form(card, slug="papers"))
    assert "already in use" in response.content.decode()
    assert Page.objects.count() == before
    response = editor.post(address, form(card, slug="too-long", meaning="<p>" + "x" * 1201 + "</p>"))
    assert "1200" in response.content.decode()
    assert Page.objects.count() == before
    editor.post(address, form(card, slug="papers-again"))
    made = RightsCardPage.objects.get(slug="papers-again")
    assert made.summary == card.right
    assert [topic.topic for topic in made.topics.all()] == ["work"]


def test_unfinished_card_is_kept_as_a_draft_and_cannot_be_published(editor: Client, card: RightsCardPage):
    index = RightsIndexPage.objects.get(locale__language_code="en")
    address = reverse("wagtailadmin_pages:add", args=("home", "rightscardpage", index.pk))
    editor.post(address, form(card, slug="unfinished", right=""))
    draft = RightsCardPage.objects.get(slug="unfinished")
    assert not draft.live
    address = reverse("wagtailadmin_pages:edit", args=(draft.pk,))
    response = editor.post(address, form(card, slug="unfinished", right="") | {"action-publish": "1"})
    assert "This field is required." in response.content.decode()
    draft.refresh_from_db()
    assert not draft.live


def form(card: RightsCardPage, slug: str, **changed: str) -> dict[str, str]:
    """What the editor sends for a card."""
    fields = {name: getattr(card, name) for name in ("title", "right", "status", "status_note", "source", "article")}
    texts = {name: getattr(card, name) for name in ("meaning", "what_to_do", "where_to_ask")}
    sent = {**fields, **texts, "slug": slug, "source_url": "", "join-count": "0", **changed}
    topics, comments = inline_formset([{"topic": "work"}]), inline_formset([])
    rich = {name: rich_text(sent[name]) for name in texts}
    return nested_form_data({**sent, **rich, "topics": topics, "comments": comments})


ROLES = {None: 302, "Editors": 200, "Approvers": 200, "Evaluators": 302, "Data officers": 302}


@pytest.mark.parametrize(("role", "status"), ROLES.items())
def test_editors_and_approvers_write_cards_and_everybody_reads_them(
    card: RightsCardPage, reader: Client, django_user_model, role, status
):
    if role:
        user = django_user_model.objects.create_user("someone", password="x")
        user.groups.add(Group.objects.get(name=role))
        reader.force_login(user)
    assert reader.get(reverse("wagtailadmin_pages:edit", args=(card.pk,))).status_code == status
    assert reader.get(CARD).status_code == reader.get(INDEX).status_code == 200


def test_only_one_list_of_cards_stands_below_a_home_page(home_page: HomePage):
    assert not RightsIndexPage.can_create_at(home_page)
