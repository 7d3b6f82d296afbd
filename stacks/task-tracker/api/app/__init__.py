"""Task Tracker: any system posts text, people see messages grouped, rated and turned into tasks.

This file imports nothing: `python -m app.probe` runs every few seconds and must start fast.
"""
