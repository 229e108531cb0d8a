"""Servers that tests speak real HTTP to."""
