"""Sheets on which people signed up with a pen, entered by staff."""
