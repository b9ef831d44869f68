"""The panel's end of the bridge to an editing program: it listens, and holds what that shows."""
