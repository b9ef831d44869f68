"""What runs inside editing programs, or beside them: it imports nothing of Opticals."""
