"""Where the README's figures come from. Each prints a ratio against a named floor or peer, measured in one run."""
