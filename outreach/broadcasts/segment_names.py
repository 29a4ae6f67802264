"""What segments are called, for those who may not see whom they take in."""

from outreach.audience.models import Segment


def segment_names() -> dict[str, str]:
    """The name of every segment by its code, in the order of the names."""
    return dict(Segment.objects.order_by("name").values_list("code", "name"))
