"""The demo: prepares a site with content and history on first start, then runs its programs together."""
