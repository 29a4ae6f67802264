"""Files as answers, and why there is none."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from .documents.pdf import MissingFont
from .downloads import KINDS, file_name
from .tables import Report

NOT_IN_THE_LIST = 400
"""The status of an answer to a wrong choice. Wagtail would put a page of its own in the place of a 404."""


def file_response(report: Report, *, kind: str, language: str, what: str = "reach") -> HttpResponse:
    """A file of a report in the language in use, to be saved, kept by no cache."""
    writer = KINDS[kind]
    name = file_name(report, kind=writer, language=language, what=what)
    return saved(lambda: writer.write(report), name=name, content_type=writer.content_type)


def saved(write: Callable[[], bytes], *, name: str, content_type: str) -> HttpResponse:
    """What ``write`` gives, as a file to be saved; why there is none where the server has no font for it."""
    try:
        data = write()
    except MissingFont as missing:
        text = _("This server has no font for the %(script)s script, so it can't write the PDF. Take another file.")
        return refusal(text % {"script": missing.script}, status=503)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(data, content_type=content_type, headers=headers)


def refusal(text: str, *, status: int) -> HttpResponse:
    """Why there is no file, in plain text."""
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
