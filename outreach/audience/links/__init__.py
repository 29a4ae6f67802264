"""Short links to the sign-up, with codes that can be said and printed, and how many joined by each."""
