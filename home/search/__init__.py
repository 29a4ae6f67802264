"""Search in the language of the page: what is compared, what is found, and how it is shown."""
