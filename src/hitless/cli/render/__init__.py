"""How results look: lines, a live display, JSON and pages."""
