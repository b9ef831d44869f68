"""What a render will take, and what stands in its way, before it is asked for."""
