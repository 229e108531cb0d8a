"""Read skill folders: parse, contract, catalogue, lint."""
