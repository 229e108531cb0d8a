"""The asf command."""
