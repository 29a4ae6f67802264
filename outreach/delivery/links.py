"""The addresses that make a message one person's own: what the engine asks for, whoever tracks them."""

from typing import Protocol

from outreach.broadcasts.rendering import LinkAddresses

from .models import Delivery


class Links(Protocol):
    """Makes the links of one delivery. ``tracking`` brings the real one; the worker hands it to the engine."""

    def of(self, delivery: Delivery) -> LinkAddresses:
        """The addresses for every link of the delivery's message, for leaving and, with consent, for the open pixel."""
