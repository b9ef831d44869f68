"""Jobs, their worker, and the list of them."""
