"""Every render of a shot: which there are, what they were made with, and switching between them."""
