"""What screens are made of: filters, data, cards, charts, tables and words."""
