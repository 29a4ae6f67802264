"""The broadcasts' pages in the Wagtail admin: they parse, call one service, and answer."""
