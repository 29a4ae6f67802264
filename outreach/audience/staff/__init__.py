"""The audience's pages in the admin."""
