"""How the office writes about people: terms, the checklist, consents for photos, and who is heard and shown."""
