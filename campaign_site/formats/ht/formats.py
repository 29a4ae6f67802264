"""Dates in Haitian Creole."""

from campaign_site.formats.numeric import *  # noqa: F403
