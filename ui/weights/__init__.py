"""The Weights screen: sets, their making, what they would change, and their life."""
