"""The chat platforms: base.py is the contract, then one folder each."""
