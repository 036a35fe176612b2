"""The parts of the User behaviour screen."""
