"""Media in and out: probe, decode, colour, encode, join, and the frame contract."""
