"""The ways out. One module a channel; each opens sessions that send one message at a time and say what came of it."""
