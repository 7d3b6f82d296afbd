"""Files of a repository, read with the position of every part; pure, and never by running them."""
