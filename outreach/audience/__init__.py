"""People who joined of their own will, and what they agreed to."""
