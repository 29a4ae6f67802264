"""One story, every language, every channel, and honest numbers about whom it reached."""
