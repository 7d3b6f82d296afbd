"""Migrations and models."""
