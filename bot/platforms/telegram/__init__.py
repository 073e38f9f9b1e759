"""Telegram: python-telegram-bot in our own loop, by long polling or a webhook."""
