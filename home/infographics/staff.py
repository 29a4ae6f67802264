"""Reads a spreadsheet for the editor of an infographic."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.permissions import page_permission_policy

from home.tables import Notation, read_csv, read_file
from home.tables.files import MOST_BYTES, too_large

MOST_SHOWN = 100_000
"""Letters of a faulty table that an editor still gets to see and to mend."""


@require_POST
def read_spreadsheet(request: HttpRequest) -> JsonResponse:
    """The text of an uploaded table, and what is wrong with it; nothing is kept.

    Answers with ``text``, ``notes`` and ``errors``: 200 where there is a table, 422 where there is none.
    """
    if not page_permission_policy.user_has_any_permission(request.user, {"add", "change"}):
        raise PermissionDenied
    try:
        text, notes = read_upload(request)
    except ValidationError as error:
        return JsonResponse({"text": "", "notes": [], "errors": error.messages}, status=422)
    errors: list[str] = []
    try:
        notation = request.POST.get("notation", "")
        table = read_csv(text, Notation(notation) if notation in Notation.values else Notation.CLEAR)
        if not table["rows"]:
            raise ValidationError(_("The file has no table: a line of headings, and rows below it."))
    except ValidationError as error:
        errors = error.messages
    shown = "" if errors and len(text) > MOST_SHOWN else text
    return JsonResponse({"text": shown, "notes": notes, "errors": errors}, status=422 if errors else 200)


def read_upload(request: HttpRequest) -> tuple[str, list[str]]:
    """The text of the file and notes on it; raises ``ValidationError``."""
    file = request.FILES.get("file")
    if file is None:
        raise ValidationError(_("Choose a file."))
    if (file.size or 0) > MOST_BYTES:
        raise too_large()
    read = read_file(content=file.read(), sheet=request.POST.get("sheet", "").strip())
    return read.text, [str(note) for note in read.notes]
