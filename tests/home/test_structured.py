import json
import re

import pytest
from django.test import Client

from home import structured
from home.models import InfographicPage, StoryPage

STORY, INFOGRAPHIC = "/{}/stories/who-builds-roofs/", "/{}/infographics/stock/"


def told(reader: Client, address: str) -> dict[str, dict]:
    """The things of a page by their type, as a search engine reads them."""
    found = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', reader.get(address).content.decode(), re.S
    )
    data = json.loads(found[0])
    assert len(found) == 1
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


def test_story_is_told_as_an_article_with_its_dates_language_and_sources(site, reader: Client, story: StoryPage):
    article = told(reader, STORY.format("fr"))["Article"]
    french = StoryPage.objects.get(locale__language_code="fr")
    assert article["headline"] == french.title
    assert article["inLanguage"] == "fr"
    assert article["datePublished"] == french.published.isoformat()
    assert article["dateModified"].startswith(french.last_published_at.date().isoformat()[:8])
    assert article["url"] == article["mainEntityOfPage"] == "http://testserver/fr/stories/who-builds-roofs/"
    assert article["publisher"]["@type"] == "Organization"
    assert [source["name"] for source in article["isBasedOn"]] == [block.value["title"] for block in french.sources]
    assert {work["url"] for work in article["workTranslation"]} == {
        "http://testserver/en/stories/who-builds-roofs/",
        "http://testserver/ht/stories/who-builds-roofs/",
    }


def test_picture_of_a_story_is_that_of_its_lead_infographic_in_its_language(site, reader: Client, story: StoryPage):
    story.lead_infographic = InfographicPage.objects.get(locale__language_code="en", slug="stock")
    story.save_revision().publish()
    page = reader.get(STORY.format("en")).content.decode()
    picture = "http://testserver/en/infographic/stock.png"
    assert told(reader, STORY.format("en"))["Article"]["image"] == picture
    for line in (
        f'<meta property="og:image" content="{picture}">',
        '<meta property="og:image:width" content="1200">',
        '<meta property="og:image:height" content="630">',
        '<meta name="twitter:card" content="summary_large_image">',
    ):
        assert line in page
    assert '<meta property="og:image:alt" content=""' not in page


def test_infographic_is_told_as_a_dataset_with_the_files_in_which_it_can_be_had(site, reader: Client):
    dataset = told(reader, INFOGRAPHIC.format("ht"))["Dataset"]
    files = {file["encodingFormat"]: file["contentUrl"] for file in dataset["distribution"]}
    assert files["text/csv"] == "http://testserver/ht/infographic/stock.csv"
    for address in files.values():
        assert reader.get(address.removeprefix("http://testserver")).status_code == 200
    assert "Women [ht]" in dataset["variableMeasured"]
    assert re.fullmatch(r"\d{4}(/\d{4})?", dataset["temporalCoverage"])
    assert "license" not in dataset


def test_trail_leads_from_the_first_page_to_this_one(site, reader: Client):
    trail = told(reader, STORY.format("en"))["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in trail] == [1, 2, 3]
    for step in trail:
        assert reader.get(step["item"].removeprefix("http://testserver")).status_code == 200


def test_first_page_is_told_as_the_site(site, reader: Client):
    website = told(reader, "/en/")["WebSite"]
    assert website["url"] == "http://testserver/en/"
    assert website["inLanguage"] == "en"


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "<!--", "\u2028", '"}', "&amp;"])
def test_nothing_in_a_title_can_end_the_data(site, reader: Client, story: StoryPage, hostile):
    story.title = f"Roofs {hostile}"
    story.save_revision().publish()
    page = reader.get(STORY.format("en")).content.decode()
    assert page.count("<script") == 2
    assert told(reader, STORY.format("en"))["Article"]["headline"] == f"Roofs {hostile}"


def test_nothing_to_tell_is_no_element():
    assert structured.as_script([]) == ""
