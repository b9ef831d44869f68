"""What the panel has to say, and the bars that say it."""
