"""Programs for contributors: what docs/ says about the code is made here."""
