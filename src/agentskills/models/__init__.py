"""Models by name: build one, and count what a call cost."""
