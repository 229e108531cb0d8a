"""Claim runs, advance them, and record every step."""
