"""An audit in every form that people and machines read."""
