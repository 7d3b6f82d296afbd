"""hitless.yaml: its schema, and reading it with every error placed at file and line."""
