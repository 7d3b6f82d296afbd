"""Rules about docker."""
