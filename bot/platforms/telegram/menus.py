"""The commands that Telegram shows: who sees which, and under what name."""

from __future__ import annotations

from collections.abc import Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest

from handlers import registry
from handlers.base import Right


def named(name: str) -> str:
    """A command's name as Telegram takes it: `who_said`."""
    return name.replace("-", "_")


def shown_to(right: Right) -> list[BotCommand]:
    """The commands for people of that right."""
    return [
        BotCommand(named(command.name), command.summary[:256])
        for command in registry.listed()
        if command.right <= right
    ]


async def publish(bot: Bot, owners: Iterable[str]) -> None:
    """Tells Telegram the commands of each scope. Raises TelegramError."""
    scopes: dict[BotCommandScope, Right] = {
        BotCommandScopeDefault(): Right.ASK,
        BotCommandScopeAllPrivateChats(): Right.ASK,
        BotCommandScopeAllGroupChats(): Right.ASK,
        BotCommandScopeAllChatAdministrators(): Right.ADMIN,
    }
    for scope, right in scopes.items():
        await bot.set_my_commands(shown_to(right), scope=scope)
    for owner in owners:
        try:
            await bot.set_my_commands(shown_to(Right.OWNER), scope=BotCommandScopeChat(int(owner)))
        except (BadRequest, ValueError):
            continue  # an owner who has not written to the bot yet has no chat with it
