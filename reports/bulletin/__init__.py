"""The month on one page for the management meeting: A4 portrait, as HTML and as PDF."""
