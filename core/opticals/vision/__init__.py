"""Looking at pictures without changing them. Shared by effects; no networks here."""
