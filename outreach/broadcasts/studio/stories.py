"""The page on which the stories of a broadcast are added, put in order and taken out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.broadcasts import services
from outreach.broadcasts.refusals import Refused
from outreach.broadcasts.sources import carried_pages
from outreach.row_numbers import row_number

from .base import StudioView
from .forms import AddStoriesForm

STEPS = {"up": -1, "down": 1}


class StoriesView(StudioView):
    """What it carries in its order; each change is a button, so it needs no script."""

    permission_required = "change"
    template_name = "outreach/broadcasts/stories.html"

    def get_page_title(self) -> str:
        """The page's name."""
        return _("Stories")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show them."""
        return self.render_to_response(self.get_context_data(form=self._form()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add, move or take out, and stay on the page."""
        try:
            for name, by in STEPS.items():
                if number := _number(request, name):
                    services.move_story(
                        broadcast=self.broadcast, page=number, by=by, user=self.user, now=timezone.now()
                    )
                    return self.back(request.path)
            if number := _number(request, "drop"):
                services.drop_story(broadcast=self.broadcast, page=number, user=self.user, now=timezone.now())
                return self.done(_("It was taken out."), request.path)
            return self._add(request)
        except Refused as refusal:
            return self.refused(refusal)

    def _add(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        added = services.add_stories(broadcast=self.broadcast, pages=form.pages, user=self.user, now=timezone.now())
        names = ", ".join(page.title for page in added)
        return self.done(
            _("Added: %(stories)s.") % {"stories": names} if added else _("It is there already."), request.path
        )

    def _form(self, data: Any = None) -> AddStoriesForm:
        return AddStoriesForm(data, without={page.translation_key for page in carried_pages(self.broadcast)})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The stories, and the form with which to add some."""
        return super().get_context_data(
            stories=carried_pages(self.broadcast),
            media=kwargs["form"].media,
            may_edit=self.broadcast.is_editable,
            has_texts=self.broadcast.messages.exclude(source_hash="").exists(),
            **kwargs,
        )


def _number(request: HttpRequest, name: str) -> int:
    return row_number(request.POST.get(name, "")) or 0
