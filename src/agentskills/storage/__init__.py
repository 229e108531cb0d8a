"""All SQL lives here, one module per noun; every function takes a connection."""
