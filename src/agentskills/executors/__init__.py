"""Carry out one skill: one protocol, one table from name to executor."""
