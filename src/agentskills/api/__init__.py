"""HTTP: routes read, services act, one handler answers errors."""
