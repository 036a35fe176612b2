"""Reports: the month's workbook issued, the bulletin printed, the history of what was issued."""
