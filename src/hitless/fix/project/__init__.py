"""What a repository consists of, as far as files made for it need to know."""
