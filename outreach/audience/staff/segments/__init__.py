"""Segments in the admin: the rule builder with its live count, a sample, the history, and two segments compared."""
