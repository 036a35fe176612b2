"""The overview: how are we doing, what moved, where is it bad, what must be decided."""
