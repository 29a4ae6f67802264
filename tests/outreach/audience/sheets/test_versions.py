"""Which versions of the words a sheet can carry."""

import pytest

from outreach.audience import wording
from outreach.audience.models import Wording
from outreach.audience.sheets.versions import versions

pytestmark = pytest.mark.django_db


def test_the_current_version_comes_first_and_older_ones_stay(monkeypatch):
    monkeypatch.setitem(wording.VERSIONS, "messages", {"2025.1": "old", "2026.1": "new"})

    assert versions("messages") == ["2026.1", "2025.1"]


def test_a_draft_was_never_printed(now):
    Wording.objects.create(purpose="messages", version="2031.2")
    Wording.objects.create(purpose="messages", version="2031.1", published_at=now)

    assert "2031.1" in versions("messages")
    assert "2031.2" not in versions("messages")
