"""The workbook of a month: what every sheet says, from the facts of one scope."""
