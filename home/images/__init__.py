"""Pictures: what may be uploaded, what is taken out of it, and the sizes that are made before a reader asks."""
