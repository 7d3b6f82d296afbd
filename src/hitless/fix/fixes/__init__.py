"""One fix a file, named like the rule whose findings it closes."""
