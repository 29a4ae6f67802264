"""Dates and numbers in Haitian Creole."""

from campaign_site.formats.numeric import *  # noqa: F403

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
