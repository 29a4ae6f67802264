"""A mail server and a Bot API server that keep every message on this machine."""
