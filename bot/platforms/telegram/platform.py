"""Telegram as a platform: an `Application` of python-telegram-bot in our own loop, fed by polling or by a webhook."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from starlette.routing import Route
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler
from telegram.request import HTTPXRequest

from bot.desk import Desk
from bot.intake import Intake
from bot.platforms.base import Pace, Part, Receipt, Rows
from bot.platforms.telegram import errors, menus, render
from bot.platforms.telegram.polling import Poller
from bot.platforms.telegram.updates import KINDS, Updates
from bot.platforms.telegram.webhook import WEBHOOK, Entrance
from briefings.document import Document
from briefings.errors import BadMessage, OnRecordError, Retry, SettingsError, Unknown
from briefings.model import Address
from briefings.store.buttons import button_id

_log = logging.getLogger(__name__)

# Seconds: how long one call may take, its connection alone, and how long stopping waits for answers.
CALL, CONNECT, STOP = 20.0, 5.0, 2.0
# Seconds after which starting is tried again, where Telegram does not say.
START_AGAIN = 5.0
# What people wrote that is worked on at once.
AT_ONCE = 64
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Telegram:
    """See `base.Service`. `public_url` makes Telegram call `WEBHOOK` there; without one it is polled.

    `owners` are Telegram's ids of those who are shown all commands.
    """

    name = "telegram"
    # A bot can read no chat's history.
    reads_back = False
    # core.telegram.org/bots/faq, "My bot is hitting limits".
    pace = Pace(per_second=30.0, chat_seconds=1.0, group_per_minute=20)

    def __init__(
        self,
        desk: Desk,
        intake: Intake,
        *,
        token: str,
        api_url: str,
        public_url: str | None = None,
        owners: Sequence[str] = (),
    ) -> None:
        # The library's own switch to its coming types; without it each 429 also warns of them.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        self._desk = desk
        self._public_url = public_url
        self._owners = owners
        self._secret = hmac.new(token.encode(), b"onrecord webhook", hashlib.sha256).hexdigest()
        base = api_url.rstrip("/")
        builder = ApplicationBuilder().token(token).base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
        # Ours to close: the application leaves them open where it could not start.
        self._requests = [
            HTTPXRequest(
                connection_pool_size=size,
                connect_timeout=CONNECT,
                read_timeout=CALL,
                write_timeout=CALL,
                pool_timeout=CONNECT,
            )
            for size in (AT_ONCE, 1)
        ]
        builder = builder.request(self._requests[0]).get_updates_request(self._requests[1])
        builder = builder.concurrent_updates(AT_ONCE)
        # The library has six type parameters for what we do not use.
        self._application: Application = builder.updater(None).build()  # type: ignore[type-arg]
        self._updates = Updates(self, desk, intake)
        self._application.add_handler(TypeHandler(Update, self._take))
        self._application.add_error_handler(self._complain)
        self._listens = True
        self._entrance = Entrance(self._application, self._secret, lambda: self._listens)
        self._poller = Poller(self.bot, self._application.update_queue)
        self._broken: asyncio.Future[None] | None = None
        self._doubt: asyncio.Task[None] | None = None

    @property
    def bot(self) -> Bot:
        found: Bot = self._application.bot
        return found

    @property
    def called(self) -> bool:
        return bool(self._public_url)

    def routes(self) -> list[Route]:
        """What the web server serves for this platform."""
        return [Route(WEBHOOK, self._entrance.take, methods=["POST"])] if self.called else []

    def render(self, document: Document) -> Sequence[Part]:
        return render.parts(document)

    async def send(self, to: Address, part: Part, after: Receipt | None = None) -> Receipt:
        self._desk.buttons.keep(button.command for row in part.buttons for button in row)
        topic = int(to.thread) if to.thread and to.thread != "1" else None
        try:
            try:
                sent = await self._post(to, part, after, topic)
            except BadRequest as error:
                if topic is None or not errors.topic_gone(error):
                    raise
                sent = await self._post(to, part, None, None)
        except TelegramError as error:
            raise self._decision(error) from error
        return Receipt(str(sent.message_id))

    async def find(self, to: Address, key: str, since: datetime, after: Receipt | None = None) -> Receipt | None:
        raise Unknown("Telegram does not show what was posted")

    async def _post(self, to: Address, part: Part, after: Receipt | None, topic: int | None) -> Message:
        return await self.bot.send_message(
            int(to.chat),
            part.body or part.plain,
            parse_mode=ParseMode.HTML if part.body else None,
            message_thread_id=topic,
            reply_parameters=ReplyParameters(int(after.message), allow_sending_without_reply=True) if after else None,
            reply_markup=keyboard(part.buttons),
            link_preview_options=_NO_PREVIEW,
        )

    async def edit(self, to: Address, message: int, part: Part) -> Receipt:
        """Puts a part in the place of a message of ours. Raises as `send` does."""
        self._desk.buttons.keep(button.command for row in part.buttons for button in row)
        try:
            await self.bot.edit_message_text(
                part.body or part.plain,
                int(to.chat),
                message,
                parse_mode=ParseMode.HTML if part.body else None,
                reply_markup=keyboard(part.buttons),
                link_preview_options=_NO_PREVIEW,
            )
        except TelegramError as error:
            if not errors.unchanged(error):
                raise self._decision(error) from error
        return Receipt(str(message))

    async def start(self, listen: bool = True) -> str:
        self._listens = listen
        self._broken = asyncio.get_running_loop().create_future()
        try:
            await self._open()
            if listen:
                await self._listen()
        except TelegramError as error:
            found = errors.decision(error)
            if isinstance(found, SettingsError):
                raise found from error
            if isinstance(found, BadMessage) and self._public_url:
                raise SettingsError(f"PUBLIC_URL: Telegram does not take {self._public_url}: {error}") from error
            raise Retry(str(found), found.after if isinstance(found, Retry) else START_AGAIN) from error
        way = f"webhook at {self._public_url}{WEBHOOK}" if self._public_url else "long polling"
        return f"{way if listen else 'sending only'}, as @{self.bot.username}"

    async def _listen(self) -> None:
        """Has Telegram tell us what people write. Raises TelegramError."""
        await menus.publish(self.bot, self._owners)
        if self._public_url:
            await self.bot.set_webhook(
                f"{self._public_url}{WEBHOOK}", secret_token=self._secret, allowed_updates=KINDS, max_connections=40
            )
        else:
            await self.bot.delete_webhook()
        await self._application.start()

    async def _open(self) -> None:
        """Connects, also after `stop`. Raises TelegramError."""
        for request in self._requests:
            await request.initialize()
        await self._application.initialize()

    async def examine(self) -> str:
        try:
            await self._open()
            webhook = await self.bot.get_webhook_info()
        except TelegramError as error:
            found = errors.decision(error)
            raise found if isinstance(found, SettingsError) else Retry(str(found), START_AGAIN) from error
        wanted = f"{self._public_url}{WEBHOOK}" if self._public_url else ""
        recent = webhook.last_error_date and datetime.now(UTC) - webhook.last_error_date < timedelta(hours=1)
        if webhook.last_error_message and recent and webhook.url == wanted and wanted:
            raise SettingsError(
                f"Telegram cannot reach {wanted}: {webhook.last_error_message}; check PUBLIC_URL and any proxy"
            )
        way = f"webhook at {wanted}" if wanted else "long polling"
        pending = f", {webhook.pending_update_count} updates wait" if webhook.pending_update_count else ""
        later = "" if webhook.url == wanted else "; this is set at the next start"
        return f"the token is good, @{self.bot.username} by {way}{pending}{later}"

    async def run(self) -> None:
        if self._broken is None:
            return
        polling = asyncio.create_task(self._poller.run()) if self._listens and not self.called else None
        try:
            waited: list[asyncio.Future[None]] = [self._broken, *([polling] if polling else [])]
            done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            for future in done:
                future.result()
        finally:
            if polling:
                polling.cancel()
                await asyncio.gather(polling, return_exceptions=True)

    async def stop(self) -> None:
        with contextlib.suppress(TelegramError, RuntimeError, TimeoutError):
            if self._application.running:
                await asyncio.wait_for(self._application.stop(), STOP)
            await asyncio.wait_for(self._poller.confirm(), 1)
        if self._doubt is not None:
            self._doubt.cancel()
            await asyncio.gather(self._doubt, return_exceptions=True)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._application.shutdown(), 1)
        for request in self._requests:
            with contextlib.suppress(Exception):
                await request.shutdown()

    def _decision(self, error: TelegramError) -> OnRecordError:
        found = errors.decision(error)
        if isinstance(found, SettingsError):
            # A gateway's 404 looks the same; only getMe tells. Neither took the message.
            if self._doubt is None or self._doubt.done():
                self._doubt = asyncio.create_task(self._confirm(found))
            return Retry(str(found), errors.UNSENT_WAIT)
        return found

    async def _confirm(self, fault: SettingsError) -> None:
        """Ends `run` by `fault` if the token is good for nothing any more."""
        try:
            await self.bot.get_me()
        except InvalidToken:
            if self._broken is not None and not self._broken.done():
                self._broken.set_exception(fault)
        except TelegramError:
            return

    async def _take(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        await self._updates.take(update)

    async def _complain(self, _: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        _log.error("an update was not dealt with", exc_info=context.error)


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Rows of buttons as Telegram takes them: each with the id of its command line."""
    made = [
        [InlineKeyboardButton(button.label or "…", callback_data=f"b:{button_id(button.command)}") for button in row]
        for row in rows
        if row
    ]
    return InlineKeyboardMarkup(made) if made else None
