"""What every page that gives a file away has to ask first: in which language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views import View

from .responses import NOT_IN_THE_LIST, refusal


def languages() -> list[tuple[str, str]]:
    """The languages that are offered for files: the site's that are finished."""
    return [pair for pair in settings.LANGUAGES if pair in settings.WAGTAILADMIN_PERMITTED_LANGUAGES]


class FileView(View):
    """One file, in one of the site's languages; ``kind`` says what is written."""

    kind: str = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file, to be saved; a page that says why where there is none."""
        language = request.GET.get("language") or get_language() or settings.LANGUAGE_CODE
        if language not in dict(settings.LANGUAGES):
            return refusal(_("The site has no such language."), status=NOT_IN_THE_LIST)
        with override(language):
            return self.answer(request, language)

    def answer(self, request: HttpRequest, language: str) -> HttpResponse:
        """The file in ``language``, which is the one in use, or why there is none."""
        raise NotImplementedError
