"""Rules about proxy."""
