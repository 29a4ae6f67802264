"""The demo site: its English content as a file, its translations as catalogues, and what loads both into Wagtail."""
