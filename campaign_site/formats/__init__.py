"""How dates are written in languages that Django does not know; else it would write them as in the United States."""
