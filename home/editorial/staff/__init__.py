"""Staff pages of the editorial checks: the checklist of a page, reports, the glossary and the register of consents."""
