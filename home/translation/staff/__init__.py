"""Staff pages of the translation of pages."""
