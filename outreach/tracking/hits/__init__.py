"""Clicks, opens and page views, from the request to the database: a line in a journal now, a row a moment later."""
