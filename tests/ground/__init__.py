"""The ground on which `make chaos` and `make bench` try the product from outside.

Real worker processes (``manage.py worker``) in front of receivers of our own, over a database that is made for the
run and dropped after it. Nothing here knows how the engine works inside: it seeds through models and services, reads
the ledger, and counts at the receivers. Everything that is made lies in one temporary folder.
"""
