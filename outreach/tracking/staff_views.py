"""What the team sees of a broadcast's public pages: where they are, and whether the archive lists them."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from outreach.audience.choices import ChannelName
from outreach.broadcasts import services
from outreach.broadcasts.attribution import ENDED
from outreach.broadcasts.studio.base import StudioView

from . import archive


class ArchiveForm(forms.Form):
    """Whether the archive is to show the broadcast; as a word, so that a second click changes nothing back."""

    show = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")


class PublicPagesView(StudioView):
    """The public page of each e-mail, and the choice to show them in the archive."""

    permission_required = "view"
    template_name = "outreach/tracking/public_pages.html"
    page_title = gettext_lazy("Public pages")

    def get_page_title(self) -> str:
        """The page's name."""
        return str(self.page_title)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show them."""
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it in the archive, or take it out."""
        place = reverse("broadcast_public", args=[self.broadcast.pk])
        form = ArchiveForm(request.POST)
        show = form.is_valid() and form.cleaned_data["show"]
        if not form.is_valid() or not (self.may_show() if show else self.may_take_out()):
            messages.error(request, _("You can't change that now."))
            return self.back(place)
        services.set_archived(broadcast=self.broadcast, archived=show, user=self.user, now=timezone.now())
        return self.done(_("The archive shows it.") if show else _("The archive does not show it."), place)

    def may_show(self) -> bool:
        """An editor decides it with the draft; later it takes who approves, because nobody reads it again."""
        return self.may("approve") or (self.may("change") and self.broadcast.is_editable)

    def may_take_out(self) -> bool:
        """Whoever may write or approve, at any time."""
        return self.may("approve") or self.may("change")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The pages by language, and what may be done."""
        mails = list(self.broadcast.messages.filter(channel=ChannelName.EMAIL).select_related("broadcast"))
        is_out = self.broadcast.started_at is not None
        return super().get_context_data(
            pages=[
                {"message": mail, "address": archive.path_of(mail), "public": archive.is_public(mail)} for mail in mails
            ],
            by_mail=ChannelName.EMAIL in self.broadcast.channels,
            is_out=is_out,
            was_never_sent=not is_out and self.broadcast.state in ENDED,
            listed=any(archive.is_listed(mail) for mail in mails),
            may_show=self.may_show(),
            may_take_out=self.may_take_out(),
            voids=self.broadcast.is_editable and self.broadcast.state != self.broadcast.State.DRAFT,
            **kwargs,
        )
