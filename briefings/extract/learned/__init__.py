"""The network that tells who said what: its files, how it is run, how its scores become readings."""
