"""What Canopy stores and reads: contract, engines, ingest, points, demo bank, own state."""
