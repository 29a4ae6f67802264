"""Many things that a worker does one after the other: what goes wrong with one holds up no other."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)


@contextmanager
def alone(failure: str, *named: object) -> Iterator[None]:
    """What is raised inside ends here, and is logged as ``failure``, which may name what it was with ``%s``.

    A database that is away is raised: it is at fault, and everything waits.
    """
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception(failure, *named)
