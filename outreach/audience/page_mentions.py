"""Addresses in pages: in drafts, in what was taken off the site, in earlier versions and in the editors' comments.

What is published is the editors' text, such as the address of an office that also joined: where a published page shows
an address, neither the page nor its revisions are changed, only the comments in these.
"""

from collections.abc import Collection, Mapping, Sequence

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Revision

from .masking import change, holding, masked, shows, texts_of

COMMENTS = "wagtail_admin_comments"
UNPUBLISHED = (COMMENTS, "draft_title")
"""What a page keeps beside what is published of it."""
REVISION_TEXTS = ("content", "object_str")


def forget(addresses: Sequence[str]) -> Mapping[Page, Collection[str]]:
    """Take the addresses out of pages; returns which published pages go on showing which."""
    pages = {model: texts_of(model) for model in apps.get_models() if issubclass(model, Page)}
    rows = {model: set(_numbers(model, fields, addresses)) for model, fields in pages.items()}
    kind = ContentType.objects.get_for_model(Page).pk
    found = holding(Revision, REVISION_TEXTS, addresses).values_list("pk", "base_content_type", "object_id")
    revisions = {number: int(of) if base == kind else None for number, base, of in found}
    shown = _shown({*set().union(*rows.values()), *revisions.values()}, addresses)
    by_number = {page.pk: kept for page, kept in shown.items()}
    for model, fields in pages.items():
        for number in rows[model]:
            change(model._default_manager.filter(pk=number), fields, _rest(addresses, by_number.get(number, ())))
    for number, of in revisions.items():
        _forget_comments(number, addresses)
        rest = _rest(addresses, by_number.get(of, ()) if of is not None else ())
        change(Revision.objects.filter(pk=number), REVISION_TEXTS, rest)
    return shown


def _numbers(model: type[Page], fields: Sequence[str], addresses: Sequence[str]) -> "list[int]":
    return list(holding(model, fields, addresses).values_list("pk", flat=True)) if fields else []


def _shown(numbers: Collection[int | None], addresses: Sequence[str]) -> dict[Page, list[str]]:
    """Those of the pages that are published and show an address, each with those that it shows."""
    shown = {}
    for page in Page.objects.filter(pk__in=[number for number in numbers if number], live=True).specific():
        data = {name: value for name, value in page.serializable_data().items() if name not in UNPUBLISHED}
        if kept := [address for address in addresses if shows(data, address)]:
            shown[page] = kept
    return shown


def _rest(addresses: Sequence[str], kept: Collection[str]) -> list[str]:
    return [address for address in addresses if address not in kept]


def _forget_comments(number: int, addresses: Sequence[str]) -> None:
    content = Revision.objects.values_list("content", flat=True).get(pk=number)
    comments = content.get(COMMENTS)
    found = masked(comments, addresses)
    if found != comments:
        Revision.objects.filter(pk=number).update(content={**content, COMMENTS: found})
