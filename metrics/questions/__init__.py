"""Questions in words: rules and a vocabulary make a view of them; no model, no network."""
