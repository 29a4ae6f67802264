"""The pages of one cell: reading it as its receiver does, writing it, drawing it again, testing it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from outreach.audience.choices import ChannelName
from outreach.broadcasts import pictures, services, testing
from outreach.broadcasts.matrix import matrix, notes
from outreach.broadcasts.models import Message
from outreach.broadcasts.refusals import NoTestAddress, Overtaken, Refused, UnfitMessage
from outreach.broadcasts.rendering import build, fresh
from outreach.broadcasts.sources import sources
from outreach.broadcasts.standing import version
from outreach.channels.built import Built

from .base import CellView
from .checks import findings
from .forms import MessageForm


class ReadCellView(CellView):
    """The message as its receiver sees it, on a phone and on a desk, with what can be done with it."""

    permission_required = "view"
    template_name = "outreach/broadcasts/cell.html"

    def get_page_title(self) -> str:
        """Channel and language."""
        return self.cell_name

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the cell."""
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The message, its state, and its plain text part."""
        try:
            text = self._text_part() if self.channel == ChannelName.EMAIL else ""
        except UnfitMessage:
            text = ""
        try:
            state = matrix(self.broadcast, exactly=self.sees_people).cell(self.channel, self.language)
        except LookupError:
            state = None
        return super().get_context_data(
            message=self.message,
            text=text,
            state=state,
            findings=findings(self.message),
            may_edit=self.may("change") and self.broadcast.is_editable,
            may_test=self.may("change") or self.may("approve"),
            **kwargs,
        )

    def _text_part(self) -> str:
        return testing.plain(build(self.message), view=testing.preview_address(self.message)).text


class EditCellView(CellView):
    """Write the text of a cell, with its preview beside: it follows what is typed, or a button asks for it."""

    permission_required = "change"
    template_name = "outreach/broadcasts/edit_cell.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Take the cell's message, or begin one."""
        super().setup(request, *args, **kwargs)
        found = self.broadcast.messages.filter(channel=self.channel, language=self.language).first()
        self.text = found or Message(channel=self.channel, language=self.language)
        self.text.broadcast = self.broadcast

    def get_page_title(self) -> str:
        """Channel and language."""
        return self.cell_name

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, or say that the text can't be changed any more."""
        if not self.broadcast.is_editable:
            messages.error(request, _("What is being sent, or was sent, can't be changed."))
            return self.back()
        return self.render_to_response(self.get_context_data(form=MessageForm(instance=self.text)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save, and go back to the broadcast."""
        form = MessageForm(request.POST, instance=self.text)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            services.write(message=form.instance, user=self.user, now=timezone.now(), read=request.POST.get("read"))
        except Overtaken as refusal:
            return self._overtaken(form, refusal)
        except Refused as refusal:
            return self.refused(refusal)
        return self.done(_("“%(cell)s” was saved.") % {"cell": self.cell_name})

    def _overtaken(self, form: MessageForm, refusal: Overtaken) -> HttpResponse:
        """The same form with what was typed; saved again, it replaces what stands in the cell now."""
        found = self.broadcast.messages.filter(channel=self.channel, language=self.language).first()
        data = self.request.POST.copy()
        data["read"] = version(found)
        form.data = data
        form.add_error(None, str(refusal))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, its media, what can be said about the saved text, and what the text goes without."""
        source = sources(self.broadcast).get(self.language)
        return super().get_context_data(
            media=kwargs["form"].media,
            findings=findings(self.text) if self.text.pk else None,
            notes=notes(self.text, source),
            action_url=self.cell_address("edit_cell"),
            has_unsaved_changes=kwargs["form"].is_bound,
            **kwargs,
        )


class PreviewView(CellView):
    """The document inside a preview: the saved message, or with POST the text being written, which is not saved.

    ``?colours=`` is ``light`` or ``dark``, whatever the colours of the device are.
    """

    permission_required = "view"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The saved message."""
        try:
            return self._document(build(self.message))
        except UnfitMessage as refusal:
            return self._faults(list(refusal.reasons))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What is being written."""
        form = MessageForm(
            request.POST, instance=Message(broadcast=self.broadcast, channel=self.channel, language=self.language)
        )
        if form.is_valid():
            return self._document(fresh(form.instance))
        return self._faults([str(error) for errors in form.errors.values() for error in errors])

    def _document(self, built: Built) -> HttpResponse:
        copy = testing.plain(built, view=self.cell_address("preview"))
        if copy.html:
            return self._closed(HttpResponse(copy.html.replace("<head>", '<head><base target="_blank">', 1)))
        right_to_left = get_language_info(self.language)["bidi"]
        picture = pictures.address(copy.picture) if copy.picture else ""
        context = {"copy": copy, "right_to_left": right_to_left, "picture": picture}
        return self._closed(render(self.request, "outreach/broadcasts/telegram_preview.html", context))

    def _faults(self, faults: list[str]) -> HttpResponse:
        return self._closed(render(self.request, "outreach/broadcasts/preview_faults.html", {"faults": faults}))

    def _closed(self, response: HttpResponse) -> HttpResponse:
        """Whatever a text holds, nothing in a preview may run, and only the site's own pictures be fetched."""
        wanted = b"all" if self.request.GET.get("colours") == "dark" else b"not all"
        response.content = response.content.replace(b"(prefers-color-scheme: dark)", wanted)
        response["Content-Security-Policy"] = (
            f"sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src {settings.SITE_URL}"
        )
        return response


class RedrawView(CellView):
    """Draw a text from the stories again, after showing what is lost."""

    permission_required = "change"
    template_name = "outreach/broadcasts/redraw.html"

    def get_page_title(self) -> str:
        """What is about to happen, and to which cell."""
        return _("Draw again: %(cell)s") % {"cell": self.cell_name}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show both texts."""
        proposal = services.proposal(self.message)
        if proposal is None:
            return self._nothing_to_draw()
        return self.render_to_response(
            self.get_context_data(message=self.message, proposal=proposal, read=version(self.message))
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Draw it."""
        try:
            read = request.POST.get("read")
            services.redraw(message=self.message, user=self.user, now=timezone.now(), read=read)
        except LookupError:
            return self._nothing_to_draw()
        except Refused as refusal:
            return self.refused(refusal)
        return self.done(_("“%(cell)s” was drawn again from the stories.") % {"cell": self.cell_name})

    def _nothing_to_draw(self) -> HttpResponse:
        messages.error(self.request, _("No story of this broadcast is published in this language."))
        return self.back()


class KeepView(CellView):
    """Say that a text is right although a story was edited."""

    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep it."""
        try:
            read = request.POST.get("read", "")
            services.keep(message=self.message, user=self.user, now=timezone.now(), read=read)
        except Refused as refusal:
            return self.refused(refusal)
        return self.done(_("“%(cell)s” is kept as it is.") % {"cell": self.cell_name})


class RemoveView(CellView):
    """Empty a cell, after a question."""

    permission_required = "change"
    template_name = "outreach/broadcasts/remove.html"

    def get_page_title(self) -> str:
        """What is about to happen, and to which cell."""
        return _("Remove: %(cell)s") % {"cell": self.cell_name}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask."""
        return self.render_to_response(self.get_context_data(message=self.message, read=version(self.message)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Remove it; who presses twice is told the same twice."""
        if not self.broadcast.messages.filter(channel=self.channel, language=self.language).exists():
            return self.done(_("“%(cell)s” was removed.") % {"cell": self.cell_name})
        try:
            read = request.POST.get("read")
            services.remove(message=self.message, user=self.user, now=timezone.now(), read=read)
        except Refused as refusal:
            return self.refused(refusal)
        return self.done(_("“%(cell)s” was removed.") % {"cell": self.cell_name})


class TestView(CellView):
    """Send the message to whoever asks."""

    any_permission_required = ("change", "approve")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send it, or say where it could go."""
        try:
            place = testing.send_test(message=self.message, user=self.user, now=timezone.now())
        except NoTestAddress as refusal:
            if not refusal.address:
                return self.refused(refusal, self.cell_address("cell"))
            context = self.get_context_data(reason=str(refusal), binding=refusal.address, page_title=_("Test"))
            return render(request, "outreach/broadcasts/bind_chat.html", context)
        except Refused as refusal:
            return self.refused(refusal, self.cell_address("cell"))
        return self.done(_("The test went to %(place)s.") % {"place": place}, self.cell_address("cell"))
