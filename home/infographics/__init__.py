"""Infographics on their way out: pages to embed, downloads in every language; and on their way in: the editor's form,
figures from a spreadsheet, what changed between two versions."""
