from django.test import Client
from django.urls import reverse
from wagtail_localize.models import Translation

from home.models import InfographicPage
from home.translation.states import State, state


def french(page: InfographicPage) -> InfographicPage:
    return InfographicPage.objects.get(translation_key=page.translation_key, locale__language_code="fr")


def correct(page: InfographicPage) -> None:
    """Correct one figure of the source and publish it."""
    rows = [list(row) for row in page.data["rows"]]
    rows[0][1] += 1
    page.data = {**page.data, "rows": rows}
    page.save_revision().publish()


def synchronise(page: InfographicPage) -> None:
    """Carry the source into its French page, and publish that."""
    translation = Translation.objects.get(source__object_id=page.translation_key, target_locale__language_code="fr")
    translation.source.update_from_db()
    translation.save_target()


def test_corrected_figure_makes_translations_stale_until_they_are_synchronised(infographic: InfographicPage):
    assert state(french(infographic)) is State.UNREVIEWED
    correct(infographic)
    assert state(french(infographic)) is State.STALE
    synchronise(infographic)
    assert french(infographic).data["rows"] == InfographicPage.objects.get(pk=infographic.pk).data["rows"]
    assert state(french(infographic)) is State.UNREVIEWED


def test_the_one_number_counts_as_a_figure(infographic: InfographicPage):
    infographic.number_value = 8500
    infographic.save_revision().publish()
    assert state(french(infographic)) is State.STALE
    synchronise(infographic)
    assert state(french(infographic)) is State.UNREVIEWED


def test_year_in_words_of_the_language_is_no_other_figure(infographic: InfographicPage):
    page = french(infographic)
    page.data_year = "de 1990 à 2024"
    page.save_revision().publish()
    assert state(french(infographic)) is State.UNREVIEWED


def test_figure_of_a_draft_makes_nothing_stale(infographic: InfographicPage):
    infographic.data = {**infographic.data, "rows": []}
    infographic.save_revision()
    assert state(french(infographic)) is State.UNREVIEWED


def test_history_shows_which_figures_changed(editor: Client, infographic: InfographicPage):
    infographic.save_revision().publish()
    before = InfographicPage.objects.get(pk=infographic.pk)
    was = before.data["rows"][0][1]
    correct(before)
    first, second = before.revisions.order_by("pk").values_list("pk", flat=True).reverse()[:2][::-1]
    address = reverse("wagtailadmin_pages:revisions_compare", args=[before.pk, first, second])
    page = editor.get(address).content.decode()
    assert "1 figure changed" in page
    assert f'<del class="deletion">{was}</del>' in page
    assert f'<ins class="addition">{was + 1}</ins>' in page
