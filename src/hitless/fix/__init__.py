"""Closes what the audit found, by edits that a person can read."""
