"""The history of the state database's schema, run by ``open_state``."""
