"""Slack: slack-bolt in our own loop, over Socket Mode or HTTP."""
