"""Translation of pages: drafts in every language, their states, catalogues for outside translators, side by side.

``wagtail-localize`` keeps what is translated and from which version of the source; this package adds what a newsroom
needs around it.
"""
