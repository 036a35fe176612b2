"""What is known of competitors: figures with their sources, and what they shipped."""
