"""Chats, the lines behind buttons, and audits, on both databases."""

from __future__ import annotations

from datetime import timedelta

from briefings.chat import Audit, Chat
from briefings.model import Address
from briefings.store import Store, audits, buttons, chats
from tests.conftest import NOW

OLD, NEW = Address("telegram", "-1"), Address("telegram", "-2")


async def test_what_is_set_of_a_chat_stays_and_the_rest_is_left(store: Store) -> None:
    async with store.write() as connection:
        assert await chats.get(connection, OLD) is None
        await chats.change(connection, OLD, NOW, allowed=True)
        await chats.change(connection, Address("telegram", "-1", "7"), NOW, zone="Europe/Kyiv")
        await chats.change(connection, NEW, NOW, title="New")
    async with store.read() as connection:
        assert await chats.get(connection, OLD) == Chat(OLD, "", True, "Europe/Kyiv")
        assert await chats.get(connection, Address("slack", "-1")) is None


async def test_a_chat_moves_with_what_is_known_of_it(store: Store) -> None:
    async with store.write() as connection:
        await chats.change(connection, OLD, NOW, allowed=False, zone="Asia/Tokyo", closed="moved")
        await chats.change(connection, NEW, NOW, title="New", zone="UTC")
        await chats.move(connection, OLD, NEW.chat, NOW, allowed=True)
        assert await chats.get(connection, NEW) == Chat(NEW, "New", False, "UTC")
        assert await chats.get(connection, OLD) is None
        # Of one that nobody decided about, what the settings say.
        await chats.move(connection, Address("telegram", "-8"), "-9", NOW, allowed=True)
        assert await chats.get(connection, Address("telegram", "-9")) == Chat(Address("telegram", "-9"), "", True)


async def test_lines_are_kept_once_and_forgotten_when_old(store: Store) -> None:
    async with store.write() as connection:
        await buttons.keep(connection, ["/help", "/help", "/briefing 👋"], NOW)
        await buttons.keep(connection, ["/help"], NOW + timedelta(days=1))
        assert await buttons.line_of(connection, buttons.button_id("/briefing 👋")) == "/briefing 👋"
        assert await buttons.line_of(connection, "none") is None
        assert await buttons.forget(connection, NOW) == 0
        assert await buttons.forget(connection, NOW + timedelta(seconds=1)) == 2


async def test_audits_come_newest_first(store: Store) -> None:
    made = [Audit(NOW + timedelta(seconds=at), "telegram:7", "telegram:-1", "zone", str(at)) for at in range(3)]
    async with store.write() as connection:
        for each in made:
            await audits.note(connection, each)
    async with store.read() as connection:
        assert await audits.made(connection, 2) == made[:0:-1]
