"""English as the island writes it."""
