"""What a text is about, without a model download: rules, a small linear model, hashed vectors."""
