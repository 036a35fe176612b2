"""Score cards of the bank and its branches: goals, scores, what moved, closing a month."""
