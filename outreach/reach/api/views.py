"""The pages on which evaluators make and revoke their own tokens."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from .models import ApiToken
from .tokens import MOST, TooManyTokens, make_token, revoke_token


class TokenForm(forms.ModelForm):
    """What a token is for."""

    class Meta:
        model = ApiToken
        fields = ["label"]


class TokensView(WagtailAdminTemplateMixin, TemplateView):
    """A person's own tokens, and a form for one more."""

    template_name = "outreach/reach/api/tokens.html"
    page_title = capfirst(gettext_lazy("API tokens"))
    header_icon = "key"
    form: TokenForm | None = None
    made = ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The tokens, the newest first; ``made`` is the text of one that was just made."""
        return super().get_context_data(
            tokens=ApiToken.objects.filter(user=self.request.user.pk),
            form=self.form or TokenForm(),
            made=self.made,
            address=self.request.build_absolute_uri(reverse("reach_api:openapi-json")),
            **kwargs,
        )


@method_decorator(never_cache, name="dispatch")
class NewTokenView(TokensView):
    """Makes a token and shows it, this once."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing to see: a page that was loaded again leads back to the list."""
        return redirect("reach:tokens")

    @method_decorator(sensitive_variables())
    def post(self, request: HttpRequest) -> HttpResponse:
        """The list with the new token on top, or with what is wrong."""
        self.form = TokenForm(request.POST)
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(), status=422)
        try:
            made = make_token(user=request.user, label=self.form.cleaned_data["label"], now=timezone.now())
        except TooManyTokens:
            self.form.add_error(
                None, _("You have %(most)d tokens. Revoke one that you no longer use.") % {"most": MOST}
            )
            return self.render_to_response(self.get_context_data(), status=422)
        self.form, self.made = None, made.text
        return self.render_to_response(self.get_context_data())


class RevokeView(WagtailAdminTemplateMixin, TemplateView):
    """Asks once, then ends a token of one's own."""

    template_name = "outreach/reach/api/revoke.html"
    page_title = gettext_lazy("Revoke a token")
    header_icon = "key"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the tokens, then this page."""
        tokens = {"url": reverse("reach:tokens"), "label": capfirst(_("API tokens"))}
        return [*self.breadcrumbs_items, tokens, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The token; 404 for somebody else's."""
        token = ApiToken.objects.filter(user=self.request.user.pk, revoked_at=None, pk=kwargs["pk"]).first()
        if token is None:
            raise Http404
        return super().get_context_data(token=token, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End it."""
        try:
            token = revoke_token(user=request.user, token=pk, now=timezone.now())
        except ApiToken.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("The token “%(label)s” no longer works.") % {"label": token.label})
        return redirect("reach:tokens")
