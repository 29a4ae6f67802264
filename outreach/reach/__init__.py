"""Counts from the ledger, for people who never see a person."""
