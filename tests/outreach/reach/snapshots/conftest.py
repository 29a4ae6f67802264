"""The small ledger, and months of 2026 as periods."""

from tests.outreach.reach.conftest import ledger, member, october

__all__ = ["ledger", "member", "october"]
