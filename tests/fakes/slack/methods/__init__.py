"""The Web API's methods, each a function of the workspace and the call's arguments."""

from . import chat, conversations, modals, uploads, workspace
from .registry import METHODS, Args, Method

__all__ = ["METHODS", "Args", "Method", "chat", "conversations", "modals", "uploads", "workspace"]
