"""One rule a file, one folder a category; found by :mod:`hitless.audit.registry`."""
