"""Where numbers come from and what hangs on them: lineage, versions of definitions, search."""
