"""From a resolved Compose model to four projects and one edge; pure."""
