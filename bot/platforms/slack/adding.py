"""The shortcut "Add to the record": the article that a message links to, or the message's own text, by a modal."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.desk import Desk, plain_reply
from bot.intake import Intake, Post
from bot.platforms.slack import words
from bot.platforms.slack.answers import Answers
from bot.platforms.slack.where import Where
from briefings.errors import OnRecordError
from handlers.base import Reply, Request, Right

if TYPE_CHECKING:
    from bot.platforms.slack.platform import Slack

JSON = dict[str, Any]

CALLBACK = "add_text"
MAX_TEXT, MAX_OUTLET = 3_000, 100
# People whose names are looked up, and for how many seconds.
MAX_NAMES, NAMING = 20, 1.0
_LATE = "That took too long for Slack. Please use the shortcut again."


class Adding:
    """Deals with the shortcut and with its modal. Raises OnRecordError where nothing was answered."""

    def __init__(self, slack: Slack, desk: Desk, intake: Intake, answers: Answers) -> None:
        self._slack = slack
        self._desk = desk
        self._intake = intake
        self._answers = answers

    async def shortcut(self, at: Where, message: JSON) -> None:
        link = words.link_in(message)
        if link:
            asker = await self._slack.people.asker(at.user, at.channel, at.thread)
            reply = await self._slack.people.told(await self._intake.link(link, asker), at.user)
            await self._answers.privately(at, reply, share=False)
            return
        # Before anybody fills anything in, which would be in vain.
        refusal = await self._refusal(at)
        if refusal is not None:
            await self._answers.privately(at, refusal, share=False)
            return
        stamp = str(message.get("ts") or at.message)
        more = {"callback_id": CALLBACK, "submit": _plain("Add"), "held": {"message": stamp}}
        text = words.text_in(message, await self._names(message))
        try:
            await self._answers.modal(at, "Add to the record", _fields(text, said_at(stamp)), **more)
        except OnRecordError:
            await self._answers.line(at, _LATE)

    async def _refusal(self, at: Where) -> Reply | None:
        """Why somebody may not add a text; None where they may."""

        async def check(request: Request) -> Reply:
            await request.require(Right.ADMIN, "add a text that has no address")
            return plain_reply("")

        asker = await self._slack.people.asker(at.user, at.channel or at.user, at.thread)
        reply = await self._slack.people.told(await self._desk.admitted(asker, check), at.user)
        return reply if "error" in reply.data else None

    async def _names(self, message: JSON) -> dict[str, str]:
        """Whom a message mentions, as far as Slack tells in time: a modal has to be opened within three seconds."""
        tasks = {
            id: asyncio.ensure_future(self._slack.people.person(id)) for id in words.people_in(message)[:MAX_NAMES]
        }
        if tasks:
            await asyncio.wait(tasks.values(), timeout=NAMING)
        return {id: task.result().name for id, task in tasks.items() if task.done()}

    async def submitted(self, at: Where, fields: dict[str, str]) -> None:
        """Adds what was filled in; tells who did."""
        held = json.loads((at.view or {}).get("private_metadata") or "{}")
        stamp = str(held.get("message") or "")
        asker = await self._slack.people.asker(at.user, at.channel or at.user, at.thread)
        published = _published(fields["date"], said_at(stamp), asker.zone)
        post = Post(
            fields["text"], fields["outlet"], published, f"slack:{at.channel}/{stamp}", await self._link(at, stamp)
        )
        reply = await self._slack.people.told(await self._intake.post(post, asker), at.user)
        await self._answers.privately(at, reply, share=False)

    async def _link(self, at: Where, stamp: str) -> str | None:
        """The address of the message, if Slack gives it."""
        if not at.channel or not stamp:
            return None
        try:
            got = await self._slack.call(self._slack.client.chat_getPermalink(channel=at.channel, message_ts=stamp))
        except OnRecordError:
            return None
        return str(got.get("permalink") or "") or None


def filled(view: JSON) -> tuple[dict[str, str], JSON]:
    """What stands in the modal's inputs, and what is wrong with it, by input."""
    values = (view.get("state") or {}).get("values") or {}
    found = {
        name: str((values.get(name) or {}).get(name, {}).get("selected_date" if name == "date" else "value") or "")
        for name in ("outlet", "date", "text")
    }
    found = {name: text.strip() for name, text in found.items()}
    wrong = {name: "Please fill this in." for name, text in found.items() if not text}
    if found["date"] and found["date"] > datetime.now(UTC).date().isoformat():
        # A day ahead may have begun elsewhere.
        ahead = date.fromisoformat(found["date"]).toordinal() - datetime.now(UTC).date().toordinal()
        if ahead > 1:
            wrong["date"] = "That day is still to come."
    return found, wrong


def said_at(stamp: str) -> datetime:
    """When a message was written, by its ts: seconds since 1970."""
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)


def _published(day: str, written: datetime, zone: ZoneInfo | None) -> datetime:
    """The instant of a chosen day: that of the message where it is the same day, else noon."""
    if day == written.date().isoformat():
        return written
    try:
        return datetime.combine(date.fromisoformat(day), time(12), zone or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return written


def _fields(whole: str, written: datetime) -> list[JSON]:
    text = whole[:MAX_TEXT]
    outlet = {"type": "plain_text_input", "action_id": "outlet", "max_length": MAX_OUTLET}
    day = {"type": "datepicker", "action_id": "date", "initial_date": written.date().isoformat()}
    body = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": MAX_TEXT}
    if text:
        body["initial_value"] = text
    shown = (("outlet", "Outlet", outlet), ("date", "Published", day), ("text", "Text", body))
    fields: list[JSON] = [
        {"type": "input", "block_id": name, "label": _plain(label), "element": element}
        for name, label, element in shown
    ]
    if len(whole) > MAX_TEXT:
        left = (
            f"Slack takes {MAX_TEXT:,} characters here. The last {len(whole) - MAX_TEXT:,} of the message are left out."
        )
        fields.append({"type": "context", "elements": [_plain(left)]})
    return fields


def _plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": False}
