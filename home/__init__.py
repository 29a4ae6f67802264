"""The public site: what people read, in every language. It knows nothing of who receives messages."""
