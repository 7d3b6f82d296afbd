"""Workflows and package scripts."""
