"""Lets hours pass in a moment: with every worker stopped, all times in the database move back by as much.

To whoever reads the database afterwards, that is the same as having slept: leases have run out, what was put off is
due.
"""

from datetime import timedelta

from django.apps import apps
from django.db.models import DateTimeField, F, QuerySet


def let_pass(hours: float) -> None:
    """Move every time of the outreach tables back. No worker may be running."""
    for model in apps.get_app_config("outreach").get_models():
        times = [field.name for field in model._meta.concrete_fields if isinstance(field, DateTimeField)]
        if times:
            # Not by a manager of theirs: some models refuse to be changed.
            QuerySet(model).update(**{name: F(name) - timedelta(hours=hours) for name in times})
