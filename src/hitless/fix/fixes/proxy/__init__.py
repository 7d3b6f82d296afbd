"""nginx configurations."""
