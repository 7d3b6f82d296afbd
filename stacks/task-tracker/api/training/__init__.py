"""How the classifier's weights are made; not part of the image."""
