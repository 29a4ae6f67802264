"""News: what the archive is divided into, and how editors find and date their items."""
