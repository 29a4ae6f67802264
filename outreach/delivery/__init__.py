"""The ledger and the engine that works through it."""
