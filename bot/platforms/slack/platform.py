"""Slack as a platform: slack-bolt's `AsyncApp` in our own loop, over Socket Mode or HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from starlette.routing import Route

from bot.access import Asker
from bot.desk import Desk
from bot.intake import Intake
from bot.platforms.base import Pace, Part, Receipt
from bot.platforms.slack import errors, readback, render, web
from bot.platforms.slack.askers import People
from bot.platforms.slack.home import Home
from bot.platforms.slack.link import Link
from bot.platforms.slack.listeners import Listeners
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.underway import UnderWay
from briefings.document import Document
from briefings.errors import OnRecordError, Retry, SettingsError, Unknown
from briefings.model import Address
from handlers.base import Reply

_log = logging.getLogger(__name__)

JSON = dict[str, Any]

# Seconds: one call, its connection alone, and what stopping waits for answers.
CALL, CONNECT, STOP = 10.0, 5.0, 2.0
# Without it nobody can be told from a guest, so that nobody could be answered.
_VITAL = "users:read"
_LACKS = "the Slack app lacks {}; paste config/slack-manifest.yaml again, and reinstall"


class Slack:
    """See `base.Service`.

    Args:
        desk: answers what people write.
        intake: takes what people hand in.
        bot_token: "xoxb-...".
        app_token: "xapp-..."; with one Slack is connected to, without one it calls `routes`.
        signing_secret: by which a call of Slack's is known; needed without an app token.
        api_url: the Web API's address.
        home: makes the Home tab of whoever opens it.
    """

    name = "slack"
    reads_back = True
    # docs.slack.dev, Rate limits: chat.postMessage takes about one a second a channel, and "several hundred" a minute
    # in a workspace, of which answers need some.
    pace = Pace(per_second=5.0, chat_seconds=1.0)

    def __init__(
        self,
        desk: Desk,
        intake: Intake,
        *,
        bot_token: str,
        app_token: str | None = None,
        signing_secret: str | None = None,
        api_url: str = AsyncWebClient.BASE_URL,
        home: Callable[[Asker], Awaitable[Reply]] | None = None,
    ) -> None:
        self.client = AsyncWebClient(bot_token, base_url=api_url, timeout=int(CALL), retry_handlers=[])
        self.people = People(self._user)
        self.under_way = UnderWay()
        self.scopes: frozenset[str] = frozenset()
        self.team = self.user = self.bot_id = self.bot_name = ""
        self._desk = desk
        self._broken: asyncio.Future[None] | None = None
        self._open = False
        self._app = AsyncApp(
            # Its own would be as talkative as the program's; what it has to say, we report as decisions (see bot.log).
            logger=logging.getLogger("slack_bolt"),
            client=self.client,
            authorize=self._authorizer(),
            signing_secret=signing_secret or "",
            name="slack_bolt.onrecord",  # a logger is called so as well, which must not be ours
        )
        self._link = Link(self._app, app_token, self.call) if app_token else None
        self._entrance = web.Entrance(self._app, signing_secret or "", lambda: self._open)
        Listeners(self, desk, intake, home or Home(desk)).register(self._app)

    @property
    def called(self) -> bool:
        return self._link is None

    def routes(self) -> list[Route]:
        """What the web server serves for this platform."""
        return [Route(web.PATH, self._entrance.take, methods=["POST"])] if self.called else []

    def render(self, document: Document) -> Sequence[Part]:
        return render.parts(document)

    async def send(self, to: Address, part: Part, after: Receipt | None = None) -> Receipt:
        thread = to.thread or (after.message if after else None)
        message = self.message(part)
        try:
            return await self.post(to.chat, message, thread)
        except errors.ThreadGone:
            return await self.post(to.chat, message)

    async def find(self, to: Address, key: str, since: datetime, after: Receipt | None = None) -> Receipt | None:
        return await readback.find(self, to, key, since, after)

    async def post(self, channel: str, message: JSON, thread: str | None = None) -> Receipt:
        """Posts what `message` made. Raises as `send` does, and ThreadGone."""
        work = self.client.chat_postMessage(
            channel=channel, thread_ts=thread, unfurl_links=False, unfurl_media=False, **message
        )
        posted = await self.deliver(work)
        return Receipt(str(posted["ts"]))

    async def update(self, channel: str, ts: str, message: JSON) -> Receipt:
        """Puts a message in the place of one of ours. Raises as `send` does."""
        await self.deliver(self.client.chat_update(channel=channel, ts=ts, **message))
        return Receipt(ts)

    def message(self, part: Part, below: Sequence[JSON] = ()) -> JSON:
        """A part as the arguments of a message, with blocks of our own below it."""
        lines = (button.command for row in part.buttons for button in row)
        self._desk.buttons.keep(line for line in lines if render.value_of(line).startswith("="))
        message: JSON = {"text": render.fallback(part.plain)}
        if part.key:
            message["metadata"] = readback.metadata(part.key)
        if not part.body:
            return message | {"blocks": render.plain_blocks(part.plain)}
        return message | {"blocks": [*json.loads(part.body), *render.actions(part.buttons), *below]}

    async def deliver(self, work: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        """Awaits a call that posts something. Raises Retry, Gone, BadMessage, Unknown, ThreadGone: nothing else."""
        try:
            return await self.call(work)
        except SettingsError as error:
            # Nothing was posted, and it may be once somebody has changed the token.
            raise Retry(str(error), errors.TOKEN_WAIT) from error

    async def call(self, work: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        """Awaits any call. Raises OnRecordError; where the token is good for nothing any more, `run` ends as well."""
        try:
            return await work
        except Exception as error:
            found = errors.decision(error)
            if isinstance(found, SettingsError) and errors.revoked(error):
                self.breaks(found)
            raise found from error

    async def respond(self, url: str, body: JSON) -> None:
        """Answers by a response_url. Raises Retry, Gone, BadMessage, Unknown."""
        session = self.client.session
        if session is None or session.closed:
            raise Unknown("Slack is not connected")
        try:
            async with session.post(url, json=body, proxy=self.client.proxy) as answer:
                text = await answer.text()
                if answer.status == 200 and '"ok":false' not in text.replace(" ", ""):
                    return
                code, data = errors.answered(text)
                raise errors.refusal(code, answer.status, answer.headers, data, errors.RESPONSE_URL)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise errors.decision(error) from error

    def breaks(self, error: SettingsError) -> None:
        """Ends `run` by this error."""
        if self._broken is not None and not self._broken.done():
            self._broken.set_exception(error)

    async def start(self, listen: bool = True) -> str:
        await self._close()
        self._broken = asyncio.get_running_loop().create_future()
        try:
            await self._introduce()
            if missing := self._lacking():
                _log.warning("the Slack app lacks scopes; install it anew by the manifest: %s", ", ".join(missing))
            if listen and _VITAL in missing:
                raise SettingsError(_LACKS.format(_VITAL))
            if listen and self._link:
                await self._link.open()
        except BaseException as error:
            self._broken.cancel()
            await self._close()
            raise errors.at_start(error)  # noqa: B904 - most often the error itself
        self._open = listen
        return f"{self._way if listen else 'sending only'}, workspace {self.team}, as @{self.bot_name}"

    async def examine(self) -> str:
        try:
            await self._introduce()
            if self._link:
                await self._link.address()
        except OnRecordError as error:
            raise errors.at_start(error)  # noqa: B904 - as above
        if missing := self._lacking():
            raise SettingsError(_LACKS.format(", ".join(missing)))
        return f"the token is good, @{self.bot_name} in workspace {self.team} by {self._way}"

    async def run(self) -> None:
        if self._broken is None:
            return
        watch = asyncio.ensure_future(self._link.watch()) if self._link else None
        try:
            waited = {self._broken, *([watch] if watch else [])}
            done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            for future in done:
                future.result()
        finally:
            if watch:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)

    async def stop(self) -> None:
        self._open = False
        if self._link:
            await self._link.close()
        await asyncio.sleep(0.02)  # what was just acknowledged has yet to begin
        await self.under_way.over(STOP)
        if self._broken is not None:
            if not self._broken.done():
                self._broken.set_result(None)
            elif not self._broken.cancelled():
                self._broken.exception()  # so that nobody complains that it was not looked at
        await self._close()

    @property
    def _way(self) -> str:
        return "Socket Mode" if self._link else f"HTTP at {web.PATH}"

    async def _introduce(self) -> None:
        """Learns who the bot is, and where. Raises OnRecordError."""
        if self.client.session is None:
            limits = aiohttp.ClientTimeout(total=CALL, connect=CONNECT)
            self.client.session = aiohttp.ClientSession(timeout=limits)
        known = await self.call(self.client.auth_test())
        self.team, self.user = str(known.get("team_id") or ""), str(known.get("user_id") or "")
        self.bot_name, self.bot_id = str(known.get("user") or "onrecord"), str(known.get("bot_id") or "")
        self.people.team = self.team
        given = str(known.headers.get("x-oauth-scopes") or "")
        self.scopes = frozenset(scope.strip() for scope in given.split(",") if scope.strip())

    def _lacking(self) -> list[str]:
        return sorted(set(SCOPES) - self.scopes) if self.scopes else []

    async def _close(self) -> None:
        if self._link:
            await self._link.close()
        session, self.client.session = self.client.session, None
        if session is not None:
            with contextlib.suppress(Exception):
                await session.close()

    def _authorizer(self) -> Callable[[], Awaitable[AuthorizeResult]]:
        """What the library asks who the bot is; it looks at the names of arguments, so that it must have none."""

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None,
                team_id=self.team,
                bot_token=self.client.token,
                bot_id=self.bot_id,
                bot_user_id=self.user,
            )

        return authorize

    async def _user(self, id: str) -> JSON | None:
        try:
            said = await self.call(self.client.users_info(user=id))
        except errors.Nobody:
            return None
        found: JSON = said.get("user") or {}
        return found
