"""Self-service: any indicator by anything, in the address, as a table and a chart."""
