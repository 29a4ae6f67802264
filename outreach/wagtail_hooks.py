"""Registers the staff pages of each stage with Wagtail; nothing else happens here."""
