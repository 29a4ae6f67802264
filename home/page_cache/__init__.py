"""Keeps what anonymous readers get of a page, until something that it shows is published, changed or taken away.

While a page is made, :mod:`.recording` notes what it was made from, as *tags*: each page by its number, each list by
what would change it. Whoever publishes empties tags (:mod:`.emptying`), and with them every page that carries one of
them, and no other. :mod:`.store` holds pages and tags for all processes; :mod:`.middleware` answers. From :mod:`.parts`
comes what a page that is made anew has in common with what it was.
"""
