"""The audit: can this repository be released and run safely, and what is missing?"""
