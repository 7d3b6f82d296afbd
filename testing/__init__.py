"""What tests share: a small service, in memory or in real containers."""
