"""The edit as lanes of clips: model, selection, and the strip that shows them."""
