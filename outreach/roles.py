"""The roles of the team as groups with permissions, made again after every migration.

A role gets what is listed here and keeps whatever an administrator added to it by hand.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

# Names of groups in the database; where one is shown, it is translated.
EDITORS = gettext_noop("Editors")
APPROVERS = gettext_noop("Approvers")
EVALUATORS = gettext_noop("Evaluators")
DATA_OFFICERS = gettext_noop("Data officers")
ADMINISTRATORS = gettext_noop("Administrators")


@dataclass(frozen=True)
class Role:
    """One role: model permissions as ``app.codename``, and what it may do with pages and files."""

    name: str
    permissions: tuple[str, ...]
    pages: tuple[str, ...] = ()
    collections: tuple[str, ...] = field(default=())


BROADCASTS = ("outreach.view_broadcast", "outreach.view_segment", "outreach.view_sandbox")
FILES: tuple[str, ...] = ("wagtailimages.add_image", "wagtailimages.change_image", "wagtailimages.choose_image")
FILES += ("wagtaildocs.add_document", "wagtaildocs.change_document", "wagtaildocs.choose_document")
ADMIN = "wagtailadmin.access_admin"

READ_RESULTS = ("outreach.view_campaign", "outreach.view_indicator")
"""Read a campaign and its results framework."""
ENTER_RESULTS = ("outreach.add_entry", "outreach.add_estimate")
"""Enter the values of surveys, and estimates of audiences that no ledger counts."""
KEEP_RESULTS = (
    *READ_RESULTS,
    *ENTER_RESULTS,
    "outreach.add_campaign",
    "outreach.change_campaign",
    "outreach.add_indicator",
    "outreach.change_indicator",
    "outreach.change_entry",
    "outreach.change_estimate",
    "outreach.add_spend",
    "outreach.change_spend",
)
"""Make campaigns and their results frameworks, with targets and baselines."""

KEEP_WORDS_AND_CONSENTS = (
    "home.view_term",
    "home.add_term",
    "home.change_term",
    "home.delete_term",
    "home.view_photoconsent",
    "home.add_photoconsent",
    "home.change_photoconsent",
)
"""Keep the glossary and the register of consents to photos. A consent is withdrawn, not deleted."""

SEE_SIGN_UPS = ("outreach.view_joinlink", "outreach.view_signupcount")
"""See sign-up links, print them, and read how many came by each."""
KEEP_LINKS = (*SEE_SIGN_UPS, "outreach.add_joinlink", "outreach.change_joinlink", "outreach.delete_joinlink")
"""Make sign-up links and retire them; one that was used can't be deleted."""
ENTER_SHEETS = ("outreach.view_papersheet", "outreach.add_papersheet")
"""Enter what people signed on paper."""

ROLES = (
    Role(
        EDITORS,
        (
            ADMIN,
            *BROADCASTS,
            *KEEP_RESULTS,
            *KEEP_WORDS_AND_CONSENTS,
            *KEEP_LINKS,
            "outreach.add_broadcast",
            "outreach.change_broadcast",
            "outreach.delete_broadcast",
            "outreach.submit_broadcast",
            "outreach.view_series",
            "outreach.add_series",
            "outreach.change_series",
            "outreach.delete_series",
            "outreach.add_segment",
            "outreach.change_segment",
            "wagtail_localize.submit_translation",
        ),
        pages=("add_page", "change_page"),
        collections=FILES,
    ),
    Role(
        APPROVERS,
        (
            ADMIN,
            *BROADCASTS,
            *KEEP_RESULTS,
            *KEEP_WORDS_AND_CONSENTS,
            *SEE_SIGN_UPS,
            "outreach.approve_broadcast",
            "outreach.view_series",
            "outreach.view_reach",
            "wagtail_localize.submit_translation",
        ),
        pages=("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
        collections=FILES,
    ),
    Role(
        EVALUATORS,
        (ADMIN, "outreach.view_reach", "outreach.freeze_period", *READ_RESULTS, *ENTER_RESULTS, *SEE_SIGN_UPS),
    ),
    Role(
        DATA_OFFICERS,
        (
            ADMIN,
            "outreach.view_subscriber",
            "outreach.delete_subscriber",
            "outreach.import_subscribers",
            "outreach.export_subscribers",
            "outreach.view_removal",
            "outreach.view_suppression",
            "outreach.add_suppression",
            "outreach.lift_suppression",
            "outreach.view_wording",
            "outreach.add_wording",
            "outreach.change_wording",
            "outreach.publish_wording",
            "outreach.view_segment",
            *SEE_SIGN_UPS,
            *ENTER_SHEETS,
        ),
    ),
    Role(
        ADMINISTRATORS,
        (
            ADMIN,
            *KEEP_WORDS_AND_CONSENTS,
            "auth.add_user",
            "auth.change_user",
            "auth.delete_user",
            "auth.add_group",
            "auth.change_group",
            "wagtailcore.add_locale",
            "wagtailcore.change_locale",
            "wagtailcore.change_site",
            "outreach.change_quiethours",
            "outreach.view_wording",
            "outreach.publish_wording",
            "outreach.view_removal",
            "outreach.view_sandbox",
        ),
    ),
)


def ensure() -> None:
    """Make each role's group and give it its permissions; idempotent, takes nothing away."""
    from django.contrib.auth.models import Group, Permission
    from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    root, collection = Page.get_first_root_node(), Collection.get_first_root_node()
    for role in ROLES:
        group, _made = Group.objects.get_or_create(name=role.name)
        group.permissions.add(*(known[name] for name in role.permissions if name in known))
        if root:
            for codename in role.pages:
                GroupPagePermission.objects.get_or_create(
                    group=group, page=root, permission=known[f"wagtailcore.{codename}"]
                )
        if collection:
            for name in role.collections:
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=collection, permission=known[name]
                )

    _let_approvers_decide(root)


def _let_approvers_decide(root: Any) -> None:
    """Pages that editors submit come to the approvers: in the workflow that Wagtail makes for the whole site."""
    from django.contrib.auth.models import Group
    from wagtail.models import GroupApprovalTask

    approvers = Group.objects.get(name=APPROVERS)
    tasks = GroupApprovalTask.objects.filter(workflow_tasks__workflow__workflow_pages__page=root)
    for task in tasks.exclude(groups=approvers).distinct():
        task.groups.add(approvers)


def after_migrate(**kwargs: Any) -> None:
    """Run :func:`ensure` once the last app's permissions exist, whatever the order of the apps."""
    from django.apps import apps
    from django.contrib.auth.management import create_permissions

    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0, using=kwargs.get("using", "default"))
    ensure()
