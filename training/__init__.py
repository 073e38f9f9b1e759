"""How the shipped network was made: train, export, evaluate. Nothing here is needed to run the bot."""
