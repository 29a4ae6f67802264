"""Commands that build the demo site."""
