"""The parts of the Campaign screen."""
