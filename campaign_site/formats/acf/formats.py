"""Dates in Kwéyòl."""

from campaign_site.formats.numeric import *  # noqa: F403
