"""The form of every page of the site: what it says before a page is published or given to moderation."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from . import gate
from .office_day import office_day


class SitePageForm(WagtailAdminPageForm):
    """Wants a consent for each photo of people, except of a draft."""

    def clean(self) -> dict[str, Any]:
        """Say beside each block what stands in the way of publishing it."""
        cleaned: dict[str, Any] = super().clean()
        if self.is_deferred_validation or self._sends_back():
            return cleaned
        for field, error in gate.block_errors(gate.faults(self._as_filled_in(cleaned), day=office_day())).items():
            if field in self.fields:
                self.add_error(field, error)
        return cleaned

    def _as_filled_in(self, cleaned: dict[str, Any]) -> Any:
        """The page with the streams of the form: they are put on it only after this."""
        for name, value in cleaned.items():
            if name in self.fields and hasattr(value, "stream_block"):
                setattr(self.instance, name, value)
        return self.instance

    def _sends_back(self) -> bool:
        """Whether an approver rejects the page: for that it need not be fit to be published."""
        return bool(self.data.get("action-workflow-action")) and self.data.get("workflow-action-name") != "approve"
