"""Code values, their meaning, and the way to RGB and back."""
