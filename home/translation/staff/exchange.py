"""Catalogues for outside translators: choose what they get, and look at what comes back before it is saved."""

import base64
import binascii
import zlib
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Locale, Page
from wagtail.permissions import page_permission_policy

from home.models.article import topic_choices
from home.translation.catalogue_export import NothingToExport, export_bundle
from home.translation.catalogue_files import MAX_UPLOAD, RefusedFile, read_upload
from home.translation.catalogue_import import Plan, apply_import, fingerprint, plan_import
from home.translation.drafts import DraftImpossible
from home.translation.states import source_language

from .page_view import StaffRequest


def may_exchange(user: User) -> bool:
    """Whether the user may give texts to translators: those who may submit translations."""
    return bool(user.has_perm("wagtail_localize.submit_translation"))


def sources_for(user: User) -> Any:
    """The pages in the source language that the user may edit."""
    pages = page_permission_policy.instances_user_has_any_permission_for(user, {"change", "publish"})
    return pages.filter(locale__language_code=source_language(), depth__gt=1, alias_of=None)


class ChosenPages(forms.ModelMultipleChoiceField):
    """Pages by their numbers, which no person types; what is no number of a page is passed over."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> Any:
        """The pages of those numbers that there are."""
        assert self.queryset is not None
        return self.queryset.filter(pk__in=page_numbers(value or []))


def page_numbers(given: list[Any]) -> list[int]:
    """Those that can be numbers of pages, of the first 500."""
    return [int(number) for number in given[:500] if str(number).isdecimal() and len(str(number)) < 19]


class ExportForm(forms.Form):
    """What a translator gets."""

    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one language.")},
    )
    which = forms.ChoiceField(
        label=gettext_lazy("Pages"),
        widget=forms.RadioSelect,
        initial="waiting",
        choices=[
            ("waiting", gettext_lazy("Only those with something to translate: missing, draft or stale")),
            ("all", gettext_lazy("All, with the translations that there are")),
        ],
    )
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    pages = ChosenPages(queryset=Page.objects.none(), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages, topic, pages = self.fields["languages"], self.fields["topic"], self.fields["pages"]
        assert isinstance(languages, forms.MultipleChoiceField)
        assert isinstance(topic, forms.ChoiceField)
        assert isinstance(pages, forms.ModelMultipleChoiceField)
        names = {locale.language_code: str(locale) for locale in Locale.objects.all()}
        languages.choices = [
            (code, names[code]) for code, _name in settings.LANGUAGES if code in names and code != source_language()
        ]
        topic.choices = [("", _("Every topic")), *topic_choices()]
        pages.queryset = sources_for(user)

    def chosen(self, user: User) -> list[Page]:
        """The pages that are meant: those that were ticked, else those of the topic, else all."""
        pages = self.cleaned_data["pages"] or sources_for(user)
        topic = self.cleaned_data["topic"]
        if not topic:
            return list(pages)
        return [page for page in pages.specific() if _has_topic(page, topic)]


def _has_topic(page: Any, topic: str) -> bool:
    topics = getattr(page, "topics", None)
    return getattr(page, "key", None) == topic or bool(topics and topics.filter(topic=topic).exists())


class ExchangeView(WagtailAdminTemplateMixin, View):
    """A staff page that is not about one page."""

    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for those who may give texts to translators."""
        if not may_exchange(self.request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home and this."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class ExportView(ExchangeView):
    """Asks for languages and pages, and answers with the catalogues."""

    template_name = "home/admin/export.html"
    page_title = gettext_lazy("Catalogues for translators")
    header_icon = "download"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask; pages that were chosen before come as ``?pages=…``."""
        pages = list(sources_for(self.request.user).filter(pk__in=page_numbers(request.GET.getlist("pages"))))
        languages = list(Locale.objects.values_list("language_code", flat=True))
        form = ExportForm(user=self.request.user, initial={"pages": pages, "languages": languages, "which": "waiting"})
        return self._form_page(form, pages)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The file; where there is nothing to translate, say so."""
        form = ExportForm(request.POST, user=self.request.user)
        if not form.is_valid():
            return self._form_page(form, list(form.cleaned_data.get("pages") or []))
        try:
            bundle = export_bundle(
                sources=form.chosen(self.request.user),
                languages=form.cleaned_data["languages"],
                only_waiting=form.cleaned_data["which"] == "waiting",
                user=self.request.user,
                now=timezone.now(),
            )
        except NothingToExport:
            form.add_error(None, _("Nothing waits for a translator there. Choose other languages, or all pages."))
            return self._form_page(form, list(form.cleaned_data["pages"]))
        except DraftImpossible as error:
            form.add_error(None, str(error))
            return self._form_page(form, list(form.cleaned_data["pages"]))
        kind = "application/zip" if bundle.name.endswith(".zip") else "text/x-gettext-translation; charset=utf-8"
        headers = {"Content-Disposition": f'attachment; filename="{bundle.name}"'}
        return HttpResponse(bundle.data, content_type=kind, headers=headers)

    def _form_page(self, form: ExportForm, pages: list[Page]) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, pages=pages))


class ImportForm(forms.Form):
    """A PO file or a ZIP file of them."""

    file = forms.FileField(
        label=gettext_lazy("PO file, or ZIP file of PO files"),
        help_text=gettext_lazy("As it came back from the translator. You see what would change before it is saved."),
        widget=forms.ClearableFileInput(attrs={"accept": ".po,.zip"}),
        error_messages={
            "required": gettext_lazy("Choose the file that the translator sent."),
            "empty": gettext_lazy("This file is empty."),
        },
    )

    def clean_file(self) -> UploadedFile:
        """Not larger than can be looked at."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_UPLOAD:
            message = _("“%(name)s” is larger than %(limit)s MB. Send it in parts.")
            raise forms.ValidationError(message % {"name": file.name, "limit": MAX_UPLOAD / 1_000_000})
        return file


class ImportView(ExchangeView):
    """Takes an upload, shows what it would change, and saves it once somebody has looked at that.

    Between the two steps the upload travels in the form; when it comes back it is judged again from the start.
    """

    template_name = "home/admin/import.html"
    page_title = gettext_lazy("Take translations back")
    header_icon = "upload"

    def get(self, request: HttpRequest, page_id: int | None = None) -> HttpResponse:
        """Ask for the file."""
        return self._page(ImportForm(), page_id)

    def post(self, request: HttpRequest, page_id: int | None = None) -> HttpResponse:
        """Show what would change, or save it."""
        expected = get_object_or_404(Page, pk=page_id) if page_id else None
        form = ImportForm(request.POST, request.FILES)
        looked_at = request.POST.get("looked_at", "")
        try:
            if looked_at:
                name, data = request.POST.get("name", ""), unpacked(request.POST.get("upload", ""))
            elif form.is_valid():
                file = form.cleaned_data["file"]
                name, data = file.name, file.read()
            else:
                return self._page(form, page_id)
            plans = plan_import(files=read_upload(name=name, data=data), user=self.request.user, expected=expected)
            if looked_at and looked_at == fingerprint(plans):
                number = apply_import(plans=plans, user=self.request.user)
                return self._applied(plans, number)
        except RefusedFile as error:
            form = ImportForm(request.POST, request.FILES) if not looked_at else ImportForm(data={})
            form.full_clean()
            form.errors.clear()
            form.add_error("file", str(error))
            return self._page(form, page_id)
        if looked_at:
            messages.warning(request, _("Something has changed since you looked. Look again before you save."))
        return self._page(ImportForm(), page_id, plans, name=name, data=data)

    def _page(
        self,
        form: ImportForm,
        page_id: int | None,
        plans: list[Plan] | None = None,
        *,
        name: str = "",
        data: bytes = b"",
    ) -> HttpResponse:
        page = get_object_or_404(Page, pk=page_id) if page_id else None
        context: dict[str, Any] = {"form": form, "page": page, "plans": plans}
        if plans is not None:
            taken = sum(len(plan.taken) for plan in plans)
            context |= {
                "name": name,
                "upload": packed(data),
                "looked_at": fingerprint(plans),
                "taken": taken,
                "live": [plan.page for plan in plans if plan.page.live and plan.taken],
            }
        return self.render_to_response(self.get_context_data(**context))

    def _applied(self, plans: list[Plan], number: int) -> HttpResponse:
        message = ngettext("%(number)d translation was saved.", "%(number)d translations were saved.", number)
        messages.success(self.request, message % {"number": number})
        live = [plan.page for plan in plans if plan.page.live and plan.taken]
        if live:
            names = ", ".join(f"{page.title} ({page.locale})" for page in live)
            message = _("Already public, so publish them to show the new words: %(names)s.")
            messages.warning(self.request, message % {"names": names})
        if len(plans) == 1:
            return redirect("wagtailadmin_pages:edit", plans[0].page.pk)
        return redirect("home_translation_states")


class ExportBulkAction(PageBulkAction):
    """Leads from the pages that were ticked in a listing to the form for their catalogues."""

    display_name = gettext_lazy("Catalogues")
    action_type = "home_export"
    aria_label = gettext_lazy("Catalogues for translators of the selected pages")
    template_name = "home/admin/bulk_export.html"
    action_priority = 61

    def check_perm(self, page: Page) -> bool:
        """Sources that the user may edit."""
        is_source = page.locale.language_code == source_language()
        return (
            is_source
            and may_exchange(self.request.user)
            and bool(page.permissions_for_user(self.request.user).can_edit())
        )

    @classmethod
    def execute_action(cls, objects: Any, **kwargs: Any) -> tuple[int, int]:
        """Nothing: the form of the template leads on."""
        return 0, 0


def packed(data: bytes) -> str:
    """An upload as a value of a form."""
    return base64.b64encode(zlib.compress(data)).decode()


def unpacked(text: str) -> bytes:
    """The upload again, whoever sent it. Raises :class:`RefusedFile`."""
    try:
        reader = zlib.decompressobj()
        data = reader.decompress(base64.b64decode(text, validate=True), MAX_UPLOAD + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise RefusedFile(_("The upload was lost on the way. Send the file again.")) from None
    return data
