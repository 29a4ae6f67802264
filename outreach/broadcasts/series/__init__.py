"""Broadcasts that repeat: a rule for when and about what, and the edition that each of its times makes."""
