"""What is done to a shot: effects, their settings, and how its render goes back."""
