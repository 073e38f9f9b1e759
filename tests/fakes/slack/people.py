"""What people do in the workspace, and what Slack tells the bot of it."""

from __future__ import annotations

from typing import Any

from . import payloads
from .answers import acknowledged_message, acknowledged_options, acknowledged_view
from .model import Channel, Exchange, Json, Posted, Response
from .sockets import Sockets
from .state import State
from .wire import Wire


class People(State):
    """Each deed is delivered to the bot, and gives back how it was answered."""

    def __init__(self, bot_token: str, app_token: str, signing_secret: str, ack_limit: float) -> None:
        super().__init__(bot_token, app_token, signing_secret)
        self._sockets = Sockets(self)
        self._wire = Wire(self, self._sockets, ack_limit)

    def _present(self, channel: str, user: str) -> Channel:
        found = self.channels[channel]
        assert user in self.users, f"no such user: {user}"
        assert user in found.members, f"{user} is not in {channel}"
        return found

    def _exchange(self, kind: str, user: str, channel: str | None, original: Any = None, **extra: Any) -> Exchange:
        exchange = Exchange(kind, {}, trigger_id=self.trigger(user, extra.get("root")))
        if channel:
            exchange.response_url = self.hook(exchange, channel, user, original)
        self.exchanges.append(exchange)
        return exchange

    async def commands(self, name: str, text: str = "", *, channel: str, user: str) -> Exchange:
        """Types a slash command."""
        exchange = self._exchange("slash_commands", user, channel)
        exchange.payload = payloads.command(self, name, text, self._present(channel, user), user)
        exchange.payload |= {"response_url": exchange.response_url, "trigger_id": exchange.trigger_id}
        await self._wire.deliver(exchange)
        acknowledged_message(self, exchange)
        return exchange

    async def event(self, event: Json) -> Exchange:
        """Any event."""
        exchange = Exchange("events_api", payloads.event(self, event))
        self.exchanges.append(exchange)
        return await self._wire.deliver(exchange)

    async def repeats(self, exchange: Exchange, number: int = 1, reason: str = "http_timeout") -> Exchange:
        """Sends the same event again, as Slack does when it believes the first to be lost."""
        assert exchange.kind == "events_api", "Slack repeats only events"
        again = Exchange("events_api", exchange.payload, message_ts=exchange.message_ts)
        self.exchanges.append(again)
        return await self._wire.deliver(again, (number, reason))

    async def _says(self, kind: str, text: str, channel: str, user: str, ts: str | None, **extra: Any) -> Exchange:
        posted = Posted(self.ts(), channel, text, thread_ts=ts, user=user, by_bot=False)
        self.add(posted)
        exchange = await self.event(payloads.message_event(self, kind, posted) | extra)
        exchange.message_ts = posted.ts
        return exchange

    async def mentions(self, text: str, *, channel: str, user: str, thread_ts: str | None = None) -> Exchange:
        """Writes to the bot by name."""
        assert self._present(channel, user).bot_member, "Slack tells the bot nothing of a channel it is not in"
        return await self._says("app_mention", f"<@{self.bot_user}> {payloads.typed(text)}", channel, user, thread_ts)

    async def writes(
        self, text: str, *, channel: str, user: str, thread_ts: str | None = None, **extra: Any
    ) -> Exchange:
        """Writes a message that does not name the bot; `extra` goes into the event, such as a subtype."""
        found = self._present(channel, user)
        kind = "im" if found.kind == "im" else "group" if found.private else "channel"
        return await self._says("message", payloads.typed(text), channel, user, thread_ts, channel_type=kind, **extra)

    async def opens_home(self, user: str, tab: str = "home") -> Exchange:
        """Opens the bot's page."""
        event: Json = {"type": "app_home_opened", "user": user, "channel": self.conversation(user).id, "tab": tab}
        if user in self.homes:
            event["view"] = self.homes[user]
        return await self.event(event)

    async def shortcut(
        self,
        callback_id: str,
        *,
        message_text: str,
        channel: str,
        user: str,
        attachments: list[Json] | None = None,
        author: str | None = None,
    ) -> Exchange:
        """Uses a message shortcut on a message that is then in the channel."""
        self._present(channel, user)
        text = payloads.typed(message_text)
        posted = Posted(self.ts(), channel, text, user=author or user, by_bot=False, attachments=attachments or [])
        self.add(posted)
        exchange = self._exchange("interactive", user, channel)
        exchange.message_ts = posted.ts
        exchange.payload = payloads.about(self, "message_action", user, exchange.trigger_id) | {
            "action_ts": self.ts(),
            "callback_id": callback_id,
            "response_url": exchange.response_url,
            "message_ts": posted.ts,
            "channel": {"id": channel, "name": self.channels[channel].name},
            "message": {**self.message_json(posted), "text": text, "blocks": payloads.rich(self, text)},
        }
        return await self._wire.deliver(exchange)

    async def global_shortcut(self, callback_id: str, user: str) -> Exchange:
        """Uses a shortcut of the workspace, which belongs to no channel and has no response_url."""
        assert user in self.users, f"no such user: {user}"
        exchange = self._exchange("interactive", user, None)
        about = payloads.about(self, "shortcut", user, exchange.trigger_id)
        exchange.payload = about | {"action_ts": self.ts(), "callback_id": callback_id}
        return await self._wire.deliver(exchange)

    async def searches(self, view: Json | str, name: str, text: str, user: str) -> list[Json]:
        """Types into a select of a view; gives what it then offers, which can be chosen from then on."""
        current = self.view(view)
        block, item = payloads.named_element(current["blocks"], name)
        assert item["type"].endswith("external_select"), f"{name} is not searched"
        assert len(text) >= item.get("min_query_length", 3), "Slack asks for nothing so short"
        exchange = self._exchange("interactive", user, None)
        exchange.payload = payloads.about(self, "block_suggestion", user, "") | {
            "container": {"type": "view", "view_id": current["id"]},
            "action_id": item["action_id"],
            "block_id": block["block_id"],
            "value": text,
            "view": current,
        }
        del exchange.payload["trigger_id"]
        await self._wire.deliver(exchange)
        found = acknowledged_options(self, exchange)
        self.offered[current["id"], item["action_id"]] += found
        return found

    async def presses(
        self,
        message: Posted | Response | Exchange | Json | str,
        name: str,
        user: str,
        *,
        choice: Any = None,
        values: Json | None = None,
    ) -> Exchange:
        """Presses what has that label or action_id, in a message, in a view or in the view of that id.

        Args:
            choice: what is chosen, where it is not a button.
            values: what the other inputs hold, by block_id or action_id.
        """
        if isinstance(message, dict | str):
            view = self.view(message)
            exchange = self._exchange("interactive", user, None, root=view["root_view_id"])
            held = {"values": payloads.values(view["blocks"], values or {})}
            where: Json = {"container": {"type": "view", "view_id": view["id"]}, "view": {**view, "state": held}}
            blocks = view["blocks"]
        else:
            place = payloads.shown(message)
            exchange = self._exchange("interactive", user, place.channel, place)
            held = {"values": payloads.values(place.blocks, values or {})}
            where = payloads.place(self, place, user) | {"response_url": exchange.response_url, "state": held}
            blocks = place.blocks
        block, item = payloads.named_element(blocks, name)
        action = payloads.pressed(block, item, self.ts(), choice)
        exchange.payload = payloads.about(self, "block_actions", user, exchange.trigger_id) | where
        exchange.payload["actions"] = [action]
        return await self._wire.deliver(exchange)

    def view(self, view: Json | str) -> Json:
        """A view as it is now."""
        name = view if isinstance(view, str) else view["id"]
        found = self.views.get(name) or next((home for home in self.homes.values() if home["id"] == name), None)
        assert found is not None, f"no such view is open: {name}"
        return found

    async def submits(self, view: Json | str, values: Json, user: str, *, checked: bool = True) -> Exchange:
        """Submits a modal. `values` is by block_id or action_id: a text, or the value of an option. Unless `checked`,
        by a client that does not look at what is filled in."""
        current = self.view(view)
        exchange = self._exchange("interactive", user, None, root=current["root_view_id"])
        offered = {action: found for (id, action), found in self.offered.items() if id == current["id"]}
        held = payloads.values(current["blocks"], values, offered)
        if checked:
            payloads.check_filled(self, current, held, user)
        exchange.payload = payloads.about(self, "view_submission", user, exchange.trigger_id) | {
            "view": {**current, "state": {"values": held}},
            "response_urls": [],
        }
        await self._wire.deliver(exchange)
        acknowledged_view(self, exchange, current, user)
        return exchange

    async def closes(self, view: Json | str, user: str) -> Exchange | None:
        """Closes a modal; the bot is told if it asked to be."""
        current = self.view(view)
        self.views.pop(current["id"], None)
        if not current["notify_on_close"]:
            return None
        exchange = self._exchange("interactive", user, None)
        exchange.payload = payloads.about(self, "view_closed", user, exchange.trigger_id)
        exchange.payload |= {"view": current, "is_cleared": False}
        return await self._wire.deliver(exchange)

    async def verifies_url(self) -> Exchange:
        """Asks the address of HTTP mode to prove itself."""
        assert self._wire.app_url, "there is no address to verify"
        challenge = self.next("challenge")
        exchange = Exchange("url_verification", {"type": "url_verification", "token": "t", "challenge": challenge})
        await self._wire.deliver(exchange)
        answer = exchange.body.get("challenge") if isinstance(exchange.body, dict) else exchange.body
        if answer != challenge:
            self.note("url_verification: the challenge did not come back")
        return exchange
