"""What is seen: pictures of the source and the result."""
