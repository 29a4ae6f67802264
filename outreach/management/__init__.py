"""Commands of outreach."""
