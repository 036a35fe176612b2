"""Where the bank is ahead or behind, as far as published figures can say."""
