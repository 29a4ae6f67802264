"""Broadcasts and their messages: the channel and language matrix, approval, schedule."""
