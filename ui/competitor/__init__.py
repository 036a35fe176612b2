"""The parts of the Competitor screen."""
