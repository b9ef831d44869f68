"""The models: which there are, where their files come from, and the folder that keeps them."""
