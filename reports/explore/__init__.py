"""Views of self-service in words, as a pivot table, and as pages of a workbook."""
