"""The panel: view models without widgets, and thin widgets over them. Never imports torch."""
