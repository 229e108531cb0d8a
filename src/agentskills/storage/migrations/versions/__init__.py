"""Revisions: NNNN_name.py executes NNNN_name.sql; each follows the one numbered before it."""
