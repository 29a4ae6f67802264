"""Makes drafts of a page's translations on a click: for one page, or for those that were ticked in a listing."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Locale, Page

from home.translation.drafts import DraftImpossible, Drafts, NotASource, make_drafts, target_languages
from home.translation.standing import source_of, standings
from home.translation.states import State, source_language

from .page_view import PageView

NAMES = dict(settings.LANGUAGES)
"""The languages by code, each named in itself."""


def may_make_drafts(user: User, page: Page) -> bool:
    """Whether the user may have the page translated: those who write pages and may submit translations."""
    allowed = user.has_perm("wagtail_localize.submit_translation")
    return bool(allowed and page.permissions_for_user(user).can_edit())


class LanguagesForm(forms.Form):
    """Into which languages."""

    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose at least one language."),
            "invalid_choice": gettext_lazy("This page is not translated into “%(value)s”."),
        },
    )

    def __init__(self, *args: Any, page: Page, missing: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {locale.language_code: str(locale) for locale in Locale.objects.all()}
        choices = [(code, names[code]) for code in target_languages(page) if code in names]
        field = self.fields["languages"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
        field.initial = [code for code, _name in choices if code in missing]


class DraftsView(PageView):
    """Shows where the page stands in each language and makes the drafts that are missing."""

    template_name = "home/admin/drafts.html"
    page_title = gettext_lazy("Translate into all languages")
    header_icon = "globe"

    def allows(self) -> bool:
        """Those who write pages and may submit translations."""
        return may_make_drafts(self.request.user, self.page)

    def get(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """What there is and what would be made; from a translation, lead to its source."""
        source = source_of(self.page)
        if source and source.pk != self.page.pk:
            return redirect("home_translation_drafts", page_id=source.pk)
        return self._form_page()

    def post(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Make the drafts and say what came of it."""
        form = LanguagesForm(request.POST, page=self.page, missing=[])
        if not form.is_valid():
            return self._form_page(form)
        try:
            drafts = make_drafts(page=self.page, languages=form.cleaned_data["languages"], user=self.request.user)
        except NotASource:
            messages.error(request, _("This page is itself a translation. Drafts are made from its source."))
        except DraftImpossible as error:
            messages.error(request, _("No draft was made: %(reason)s") % {"reason": error})
        else:
            tell(request, [drafts])
        return redirect("home_translation_drafts", page_id=page_id)

    def _form_page(self, form: LanguagesForm | None = None) -> HttpResponse:
        missing = [
            standing.locale.language_code
            for standing in standings(self.page)
            if standing.state is State.MISSING and not standing.copied
        ]
        form = form or LanguagesForm(page=self.page, missing=missing)
        context = {"form": form, "page": self.page, "missing": missing, "edit_url": self.edit_url()}
        return self.render_to_response(self.get_context_data(**context))


class DraftsBulkAction(PageBulkAction):
    """The same for several pages of a listing, parents before children."""

    display_name = gettext_lazy("Translate")
    action_type = "home_translate"
    aria_label = gettext_lazy("Make drafts in all languages of the selected pages")
    template_name = "home/admin/bulk_drafts.html"
    action_priority = 60

    def check_perm(self, page: Page) -> bool:
        """Sources that the user may have translated."""
        return page.locale.language_code == source_language() and may_make_drafts(self.request.user, page)

    def get_execution_context(self) -> dict[str, Any]:
        """Who asks, and where the answers go."""
        return {**super().get_execution_context(), "request": self.request}

    @classmethod
    def execute_action(
        cls, objects: Iterable[Page], user: Any = None, request: HttpRequest | None = None, **kwargs: Any
    ) -> tuple[int, int]:
        """Make the drafts of each page; a page that can't be drafted is said and does not hold up the others."""
        done: list[Drafts] = []
        for page in sorted(objects, key=lambda page: page.path):
            try:
                done.append(make_drafts(page=page, languages=target_languages(page), user=user))
            except DraftImpossible as error:
                if request:
                    messages.error(request, _("No draft was made: %(reason)s") % {"reason": error})
        if request:
            tell(request, done)
        return len(done), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        """How many pages were looked at; what came of each stands beside."""
        message = ngettext("%(number)d page was looked at.", "%(number)d pages were looked at.", num_parent_objects)
        return message % {"number": num_parent_objects}


def tell(request: HttpRequest, results: list[Drafts]) -> None:
    """Say what was made, what was there, and what is missing."""
    made = [page for drafts in results for page in drafts.made]
    parents = [page for drafts in results for page in drafts.parents]
    existing = sum(len(drafts.existing) for drafts in results)
    aliases = [page for drafts in results for page in drafts.aliases]
    untranslated = {
        (NAMES.get(language, language), page.title)
        for drafts in results
        for language, pages in drafts.untranslated.items()
        for page in pages
    }
    if made:
        message = ngettext(
            "%(number)d draft was made: %(names)s.", "%(number)d drafts were made: %(names)s.", len(made)
        )
        messages.success(request, message % {"number": len(made), "names": _named(made)})
    else:
        messages.success(request, _("Nothing had to be made: every language has its page."))
    if parents:
        message = _("Pages above them were missing and are drafts now: %(names)s.")
        messages.warning(request, message % {"names": _named(parents)})
    if existing and made:
        message = ngettext(
            "%(number)d translation was there before and is unchanged.",
            "%(number)d translations were there before and are unchanged.",
            existing,
        )
        messages.success(request, message % {"number": existing})
    if aliases:
        message = _("These are copies in the source language; open each to start its translation: %(names)s.")
        messages.warning(request, message % {"names": _named(aliases)})
    if untranslated:
        names = ", ".join(f"{title} ({language})" for language, title in sorted(untranslated))
        message = _("Shown there and not translated yet, so readers get the source: %(names)s.")
        messages.warning(request, message % {"names": names})


def _named(pages: list[Page]) -> str:
    return ", ".join(f"{page.title} ({page.locale})" for page in pages)
