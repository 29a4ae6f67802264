"""The addresses that make a message one person's own: what the engine asks for, whoever tracks them."""

from typing import Protocol

from outreach.channels.built import Built, LinkAddresses

from .ledger import Claimed


class Links(Protocol):
    """Makes the links of one delivery. ``tracking`` brings the real one; the worker hands it to the engine."""

    def of(self, delivery: Claimed, *, built: Built) -> LinkAddresses:
        """The addresses for the links of its message, for leaving and, with consent, for the open pixel."""
