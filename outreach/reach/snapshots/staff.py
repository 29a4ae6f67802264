"""Frozen figures in the admin: the list, freezing a period, correcting, publishing and withdrawing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin.auth import permission_required
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.campaign_words import names_of
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.office_time import office_text
from outreach.broadcasts.title_words import titles_of
from outreach.reach.periods import Period, UnknownPeriod, around, parse

from .correcting import EventsRemoved, NoReason, NothingChanged, NotTheNewest, correct
from .freezing import AlreadyFrozen, NotAllClosed, NothingToFreeze, PeriodNotOver, freeze_period
from .listing import listed, name_of, newest_first
from .models import Snapshot
from .publishing import NotPublishable, publish, withdraw
from .scopes import Missing

PERMISSION = "outreach.freeze_period"
ICON = "lock"
WHOLE = "whole"
ON_ONE_PAGE = 50

may_freeze = permission_required(PERMISSION)


def report_address(snapshot: Snapshot) -> str:
    """Where its figures are read."""
    return f"{reverse('reach:index')}?snapshot={snapshot.pk}"


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class Page(WagtailAdminTemplateMixin):
    """A page about snapshots, below their list."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the list, then this page."""
        names = dict.fromkeys([SnapshotsView.page_title, self.page_title])
        trail = [{"url": reverse("snapshots:index"), "label": name} for name in names]
        return [*self.breadcrumbs_items, *trail[:-1], {"url": "", "label": self.page_title}]


class SnapshotsView(Page, TemplateView):
    """Every snapshot, the latest first: what it covers, its version, who took it and when, and whether it is public."""

    template_name = "outreach/reach/snapshots/list.html"
    page_title = gettext_lazy("Frozen figures")
    header_icon = ICON

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows."""
        page = Paginator(newest_first(), ON_ONE_PAGE).get_page(self.request.GET.get("p"))
        rows = [
            {
                "snapshot": each.snapshot,
                "name": each.name,
                "address": report_address(each.snapshot),
                "is_newest": each.is_newest,
                "is_public": each.is_public,
                "taken_by": ", ".join(_(group.name) for group in each.snapshot.taken_by.groups.all())
                if each.snapshot.taken_by
                else "",
            }
            for each in listed(page)
        ]
        return super().get_context_data(
            rows=rows,
            page=page,
            elided_page_range=page.paginator.get_elided_page_range(page.number),
            **kwargs,
        )


class CampaignField(forms.ModelChoiceField):
    """A campaign under its name in the language in use."""

    def label_from_instance(self, obj: Campaign) -> str:
        """The name."""
        return names_of({obj: obj.name})[obj]


class FreezeForm(forms.Form):
    """Which period, of which campaign. Only periods in which something ended are offered."""

    period = forms.ChoiceField(label=gettext_lazy("Period"))
    campaign = CampaignField(
        label=gettext_lazy("Campaign"),
        queryset=Campaign.objects.none(),
        required=False,
        empty_label=gettext_lazy("All campaigns"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = Broadcast.objects.filter(
            kind=Broadcast.Kind.CAMPAIGN, freeze__isnull=False, finished_at__isnull=False
        ).values_list("finished_at", flat=True)
        choices = [(period.code, period.name) for period in around(end for end in ends if end)]
        period = self.fields["period"]
        assert isinstance(period, forms.ChoiceField)
        period.choices = [*choices, (WHOLE, _("Whole campaign"))]
        campaign = self.fields["campaign"]
        assert isinstance(campaign, forms.ModelChoiceField)
        campaign.queryset = Campaign.objects.all()

    def clean(self) -> dict[str, Any]:
        """A whole period is that of one campaign."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("period") == WHOLE and cleaned.get("campaign") is None:
            self.add_error("campaign", _("Choose the campaign whose whole period is to be frozen."))
        return cleaned

    def chosen(self) -> Period | None:
        """The period, or nothing for a campaign's whole one."""
        code = self.cleaned_data["period"]
        try:
            return None if code == WHOLE else parse(code)
        except UnknownPeriod:
            raise Http404 from None


class FreezeView(Page, FormView):
    """Choose a period and freeze it; where it can't be frozen yet, the page says what is missing."""

    template_name = "outreach/reach/snapshots/freeze.html"
    form_class = FreezeForm
    page_title = gettext_lazy("Freeze a period")
    header_icon = ICON

    def form_valid(self, form: FreezeForm) -> HttpResponse:
        """Freeze it, or say why not."""
        try:
            snapshot = freeze_period(
                period=form.chosen(),
                campaign=form.cleaned_data["campaign"],
                user=_user(self.request),
                now=timezone.now(),
            )
        except PeriodNotOver:
            form.add_error("period", _("This period is not over yet."))
        except NothingToFreeze:
            form.add_error("period", _("No broadcast ended in this period."))
        except AlreadyFrozen:
            form.add_error("period", _("This period was frozen before, perhaps just now by somebody else."))
        except NotAllClosed as refused:
            form.add_error("period", _("Some of its broadcasts can still get clicks. They are listed below."))
            return self.render_to_response(self.get_context_data(form=form, missing=_lines(refused.missing)))
        else:
            messages.success(self.request, _("%(period)s is frozen.") % {"period": name_of(snapshot)})
            return redirect("snapshots:index")
        return self.form_invalid(form)


def _lines(missing: Any) -> list[tuple[str, str]]:
    """Each open broadcast with when it closes."""

    def when(each: Missing) -> str:
        if each.closes_at is None:
            return _("still being sent")
        return _("its figures close on %(moment)s") % {"moment": office_text(each.closes_at)}

    titles = titles_of({each.broadcast.pk: each.broadcast.title for each in missing})
    return [(titles[each.broadcast.pk], when(each)) for each in missing]


class ReasonForm(forms.Form):
    """Why a snapshot is corrected; everybody who reads the new version reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Stands beside the new figures. Write what was wrong, and name nobody."),
    )


class DecisionView(Page, FormView):
    """A question about one snapshot; only a POST from its page does anything."""

    template_name = "outreach/reach/snapshots/decision.html"
    form_class: type[forms.Form] = forms.Form
    header_icon = ICON
    question: Any = ""
    button: Any = ""
    done: Any = ""

    @cached_property
    def snapshot(self) -> Snapshot:
        """The snapshot of the address; 404 where there is none."""
        return get_object_or_404(Snapshot.objects.select_related("broadcast", "campaign"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """What it is about."""
        return _("%(name)s, version %(number)d") % {"name": name_of(self.snapshot), "number": self.snapshot.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The question and its answer."""
        return super().get_context_data(question=self.question, button=self.button, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Do it, or say why not."""
        refusal = self.decide(form)
        if refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect("snapshots:index")

    def decide(self, form: forms.Form) -> str:
        """Call the service; the reason why not, if it refused."""
        raise NotImplementedError


class CorrectView(DecisionView):
    """Count again, as a new version."""

    form_class = ReasonForm
    page_title = gettext_lazy("Correct frozen figures")
    question = gettext_lazy(
        "The figures are counted again and stored as a new version. The version before stays readable."
    )
    button = gettext_lazy("Make a new version")
    done = gettext_lazy("The new version is stored.")

    def decide(self, form: forms.Form) -> str:
        """Count again."""
        try:
            correct(
                snapshot=self.snapshot,
                reason=form.cleaned_data["reason"],
                user=_user(self.request),
                now=timezone.now(),
            )
        except EventsRemoved:
            return _("The raw events were removed after some time: these figures can't be counted again.")
        except NothingChanged:
            return _("A new count gives the same figures: there is nothing to correct.")
        except NoReason:
            return _("Write why the figures are corrected.")
        except NotTheNewest:
            return _("There is a later version of these figures. Correct that one.")
        return ""


class PublishView(DecisionView):
    """Show a period on the public page."""

    page_title = gettext_lazy("Publish frozen figures")
    question = gettext_lazy(
        "Everybody will read these figures on the public page of results, with counts below 10 hidden. "
        "Another version of the same period is taken away."
    )
    button = gettext_lazy("Publish")
    done = gettext_lazy("The figures are public.")

    def decide(self, form: forms.Form) -> str:
        """Publish."""
        try:
            publish(snapshot=self.snapshot, user=_user(self.request), now=timezone.now())
        except NotPublishable:
            return _("Only the figures of a campaign's period can be published: a public page has one campaign.")
        return ""


class WithdrawView(DecisionView):
    """Take a period from the public page."""

    page_title = gettext_lazy("Withdraw public figures")
    question = gettext_lazy("The figures disappear from the public page. Who has read them knows them.")
    button = gettext_lazy("Withdraw")
    done = gettext_lazy("The figures are no longer public.")

    def decide(self, form: forms.Form) -> str:
        """Withdraw."""
        if not withdraw(snapshot=self.snapshot, user=_user(self.request), now=timezone.now()):
            return _("These figures are not public.")
        return ""


class SnapshotViewSet(ViewSet):
    """Frozen figures, each page behind the permission to freeze periods."""

    name = "snapshots"
    icon = ICON

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list first: the menu of reach leads to it."""
        return [
            path("", may_freeze(SnapshotsView.as_view()), name="index"),
            path("freeze/", may_freeze(FreezeView.as_view()), name="freeze"),
            path("<int:pk>/correct/", may_freeze(CorrectView.as_view()), name="correct"),
            path("<int:pk>/publish/", may_freeze(PublishView.as_view()), name="publish"),
            path("<int:pk>/withdraw/", may_freeze(WithdrawView.as_view()), name="withdraw"),
        ]
