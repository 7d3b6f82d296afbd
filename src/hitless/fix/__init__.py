"""Closes what an audit found."""
