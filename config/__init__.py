"""Settings, read once from the environment and `.env`. No logic."""
