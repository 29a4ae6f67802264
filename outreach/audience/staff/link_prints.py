"""What is printed for a sign-up link: its QR code, a poster, and an empty sheet for signing up on paper.

Nothing of a person stands here: whoever may see the link may print for it, in each language whose texts are complete.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language_bidi, override
from django.views.generic import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from outreach.audience.choices import Gender, Group, Parish, Purpose
from outreach.audience.links.address import printed, qr_png, qr_svg
from outreach.audience.models import JoinLink
from outreach.audience.wording import current_version, words

QR_KINDS = {"svg": ("image/svg+xml", qr_svg), "png": ("image/png", qr_png)}
ROWS_ON_PAPER = 10
"""As many as the form has in which they are entered, and as fit on a page in the most talkative language."""


def languages() -> list[tuple[str, str]]:
    """The languages in which every text of a print exists, each named in itself."""
    return list(settings.WAGTAILADMIN_PERMITTED_LANGUAGES)


class _LinkPrintView(PermissionCheckedMixin, View):
    """For whoever may do anything with links."""

    model = JoinLink
    any_permission_required = ["add", "change", "delete", "view"]


class QRCodeView(_LinkPrintView):
    """The QR code of a link as a file: SVG for print, PNG for other programs."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """The file, named after the link's code."""
        link = get_object_or_404(JoinLink, pk=pk)
        if kind not in QR_KINDS:
            raise Http404
        content_type, drawn = QR_KINDS[kind]
        name = f'inline; filename="{link.code}.{kind}"'
        return HttpResponse(drawn(link), content_type=content_type, headers={"Content-Disposition": name})


class _PaperView(_LinkPrintView):
    """A page of A4 in one language."""

    template_name = ""

    def get(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """The page, which the browser prints."""
        link = get_object_or_404(JoinLink, pk=pk)
        if language not in dict(languages()):
            raise Http404
        with override(language):
            context = {
                "link": link,
                "language": language,
                "direction": "rtl" if get_language_bidi() else "ltr",
                "printed": printed(link),
                "languages": languages(),
                "organisation": settings.WAGTAIL_SITE_NAME,
                **self.paper(),
            }
            return render(request, self.template_name, context)

    def paper(self) -> dict[str, Any]:
        """What else stands on it, in the language in use."""
        return {}


class PosterView(_PaperView):
    """What hangs on a wall: what people get, the QR code, the short address, and what to think of before joining."""

    template_name = "outreach/audience/staff/poster.html"


class EmptySheetView(_PaperView):
    """A sheet to sign up on, with the words in use and their versions, so that it can be said later who read what."""

    template_name = "outreach/audience/staff/empty_sheet.html"

    def paper(self) -> dict[str, Any]:
        """The words of each consent, and the answers as letters and numbers, which fit into a column."""
        groups = [label for value, label in Group.choices if value]
        return {
            "consents": [(number, words(purpose)) for number, purpose in enumerate(Purpose, start=1)],
            "versions": [(purpose.label, current_version(purpose)) for purpose in Purpose],
            "groups": list(zip("ABCDEFGH", groups, strict=True)),
            "topics": list(enumerate(settings.TOPICS.values(), start=1)),
            "genders": [label for value, label in Gender.choices if value],
            "parishes": [label for value, label in Parish.choices if value],
            "rows": range(1, ROWS_ON_PAPER + 1),
        }
