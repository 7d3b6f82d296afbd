"""The worker: takes jobs from JetStream and does each one's effect exactly once."""
