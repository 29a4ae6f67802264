"""Wiring: settings, addresses, entry points."""
