"""Films: what they are, and their frames."""
