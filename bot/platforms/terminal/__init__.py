"""The terminal: the platform that is always there."""
