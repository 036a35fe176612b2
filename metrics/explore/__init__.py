"""Self-service analysis: any indicator by anything that is defined, with totals that are right."""
