"""Putting a release into service, and taking it back."""
