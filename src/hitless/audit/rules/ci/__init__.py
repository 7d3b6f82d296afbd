"""Rules about ci."""
