"""One file a command: a Request in, a Reply out, the same on every platform."""
