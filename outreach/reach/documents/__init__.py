"""Tables that are taken away: one description, written as a workbook, as CSV and as a PDF."""
