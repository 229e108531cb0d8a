"""Decide what comes next in a run: by data flow, or by asking a model."""
