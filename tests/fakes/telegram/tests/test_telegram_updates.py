"""That updates have the exact types and arrive, by polling and by webhook; and that a real application runs on it."""

from __future__ import annotations

import asyncio

from aiohttp import web
from telegram import Update
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram.tests.world import CHANNEL, DATA, FORUM, GROUP, TOKEN, Ask, keyboard


async def test_typed_messages_have_exact_types(telegram: TelegramFake, ask: Ask) -> None:
    thread = telegram.add_topic(FORUM, "Elections")
    await telegram.types(7, 7, "😀 /who-said x https://a.test/b. @somebody")
    first = await telegram.types(FORUM, 8, "/who_said@onrecord_bot x", thread=thread)
    await telegram.edits(FORUM, first, "/who_said y")
    await telegram.types(GROUP, 8, "not for the bot")
    await telegram.types(GROUP, 8, "/who_said@otherbot x")
    await telegram.types(CHANNEL, 7, "A post")
    await telegram.forwards(7, 7, "Headline\nMore", link="https://a.test/story")
    for status in ("administrator", "kicked"):
        await telegram.membership(GROUP, status)
    await ask(
        "sendMessage", chat_id=FORUM, text="x", reply_parameters={"message_id": first}, reply_markup=keyboard([DATA])
    )
    await telegram.presses(telegram.messages(FORUM)[0], "more", 8)
    await telegram.asks_inline(8, "x")
    kinds = [next(kind for kind in update if kind != "update_id") for update in telegram.updates]
    assert kinds == [
        "message", "message", "message", "edited_message", "channel_post", "message", "my_chat_member",
        "my_chat_member", "callback_query", "inline_query",
    ]  # fmt: skip
    schema = telegram._server.schema
    assert schema
    assert [schema.misfits(update, "Update") for update in telegram.updates] == [[]] * len(kinds)
    entities = telegram.updates[1]["message"]["entities"]
    assert [tuple(entity.values()) for entity in entities] == [
        ("bot_command", 3, 4),
        ("url", 15, 16),
        ("mention", 33, 9),
    ]
    assert telegram.updates[2]["message"]["message_thread_id"] == telegram.messages(FORUM)[0].thread == thread
    for method, kind, params in (
        ("getMe", "User", {}),
        ("getChat", "ChatFullInfo", {"chat_id": FORUM}),
        ("getChatMember", "ChatMember", {"chat_id": FORUM, "user_id": 7}),
        ("getWebhookInfo", "WebhookInfo", {}),
    ):
        assert schema.misfits((await ask(method, **params))[1]["result"], kind) == []


async def test_a_webhook_is_tried_again(telegram: TelegramFake, ask: Ask) -> None:
    seen: list[tuple[str | None, int]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), (await request.json())["update_id"]))
        return web.Response(status=500 if len(seen) == 1 else 200)

    application = web.Application()
    application.router.add_post("/hook", take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    assert (await ask("setWebhook", url="http://a.test/hook"))[0] == 400
    assert (await ask("setWebhook", url=url, secret_token="a b"))[0] == 400
    assert (await ask("setWebhook", url=url, secret_token="s3cret", allowed_updates=["message"]))[0] == 200
    await telegram.types(7, 7, "x")
    await telegram.asks_inline(7, "not asked for")
    await telegram.settled()
    await telegram.repeats(telegram.updates[0]["update_id"])
    await telegram.settled()
    assert seen == [("s3cret", telegram.updates[0]["update_id"])] * 3
    assert (await ask("getUpdates"))[0] == 409
    await ask("deleteWebhook")
    assert (await ask("getUpdates"))[1] == {"ok": True, "result": []}
    await runner.cleanup()


async def test_polling(telegram: TelegramFake, ask: Ask) -> None:
    await telegram.types(7, 7, "one")
    await telegram.types(7, 7, "two")
    first, second = telegram.updates
    assert (await ask("getUpdates", limit=1))[1]["result"] == [first]
    assert (await ask("getUpdates", offset=second["update_id"]))[1]["result"] == [second]
    assert (await ask("getUpdates", offset=-1))[1]["result"] == [second]
    waits = asyncio.create_task(ask("getUpdates", offset=second["update_id"] + 1, timeout=5))
    await telegram.settled()
    other = asyncio.create_task(ask("getUpdates", timeout=5))
    assert (await waits)[0] == 409
    await telegram.types(7, 7, "three")
    assert [update["message"]["text"] for update in (await other)[1]["result"]] == ["three"]
    assert not telegram.violations


async def test_a_real_application_polls(telegram: TelegramFake) -> None:
    async def who_said(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        await update.message.reply_html(f"<b>{' '.join(context.args or ())}</b>", reply_markup=None)

    application = ApplicationBuilder().token(TOKEN).base_url(f"{telegram.url}/bot").build()
    application.add_handler(CommandHandler("who_said", who_said))
    await application.initialize()
    await application.start()
    assert application.updater
    await application.updater.start_polling(timeout=5)
    await telegram.types(7, 7, "/who_said negotiations")
    assert (await telegram.wait_message(7)).text == "negotiations"
    await telegram.repeats(telegram.updates[0]["update_id"])
    await telegram.settled()
    assert len(telegram.messages(7)) == 2
    await application.updater.stop()
    await application.stop()
    await application.shutdown()
    assert not telegram.violations
