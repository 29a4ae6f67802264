"""A page and its translation beside each other."""

from collections import Counter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from wagtail_localize.models import Translation

from home.translation.comparison import Kind, compare
from home.translation.standing import source_of
from home.translation.states import State, state

from .page_view import PageView


class ComparisonView(PageView):
    """Source and translation text by text, for those who edit or publish the page."""

    template_name = "home/admin/comparison.html"
    page_title = gettext_lazy("Side by side with its source")
    header_icon = "globe"

    def allows(self) -> bool:
        """Those who edit or publish the page."""
        permissions = self.page.permissions_for_user(self.request.user)
        return bool(permissions.can_edit() or permissions.can_publish())

    def get(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """The pairs, how many are in which state, and the ways on; from a source, lead to its languages."""
        source = source_of(self.page)
        if source is None:
            raise Http404
        if source.pk == self.page.pk:
            return redirect("home_translation_drafts", page_id=page_id)
        pairs = compare(source=source, locale=self.page.locale)
        counts = Counter(pair.kind for pair in pairs)
        translation = Translation.objects.filter(
            source__object_id=source.translation_key, target_locale=self.page.locale, enabled=True
        ).first()
        found = state(self.page)
        context = {
            "page": self.page,
            "source": source,
            "pairs": pairs,
            "counts": [(kind, counts[kind]) for kind in Kind if counts[kind]],
            "state": found,
            "translation": translation,
            "may_review": self.page.permissions_for_user(request.user).can_publish() and found is not State.REVIEWED,
            "edit_url": self.edit_url(),
        }
        return self.render_to_response(self.get_context_data(**context))
