"""Pages that a reader meets first."""
