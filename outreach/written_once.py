"""Rows that are stored once: ledgers and frozen figures. Nothing in the site changes or removes them."""

from typing import Any, NoReturn

from django.db import models


class Frozen(TypeError):
    """Somebody tried to change or remove what was stored for good."""


class WrittenOnceQuerySet(models.QuerySet[Any]):
    """Rows that can be added and read."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused: :class:`Frozen`."""
        raise Frozen(self.model.__name__)

    def delete(self) -> NoReturn:
        """Refused: :class:`Frozen`."""
        raise Frozen(self.model.__name__)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: :class:`Frozen`."""
        raise Frozen(self.model.__name__)

    update.queryset_only = delete.queryset_only = bulk_update.queryset_only = True  # type: ignore[attr-defined]


class WrittenOnce(models.Model):
    """A row that is stored once: to change or remove it is refused with :class:`Frozen`.

    It goes only with a row that it belongs to, by ``on_delete=CASCADE`` or by the database itself.
    """

    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row; refused once it is there."""
        if not self._state.adding:
            raise Frozen(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: :class:`Frozen`."""
        raise Frozen(type(self).__name__)
