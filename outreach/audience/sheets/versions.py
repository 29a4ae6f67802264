"""Which versions of the words can stand on a sheet: a sheet is printed long before it is entered."""

from outreach.audience.choices import Purpose
from outreach.audience.models import Wording
from outreach.audience.wording import VERSIONS, current_version


def versions(purpose: str) -> list[str]:
    """Every version that people were ever shown, the current one first."""
    published = Wording.objects.filter(purpose=purpose, published_at__isnull=False).order_by("id")
    known = [*VERSIONS[Purpose(purpose)], *published.values_list("version", flat=True)]
    return list(dict.fromkeys([current_version(purpose), *reversed(known)]))
