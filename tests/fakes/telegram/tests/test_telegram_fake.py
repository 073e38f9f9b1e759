"""That the fake is as strict as the real server, over real HTTP."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.fakes.telegram import (
    Drop,
    DropBefore,
    Refuse,
    RetryAfter,
    ServerError,
    TelegramFake,
    Timeout,
    serve_telegram,
)
from tests.fakes.telegram.tests.world import BASIC, CHANNEL, DATA, FORUM, GROUP, TOKEN, Ask, keyboard


async def test_takes_query_form_multipart_and_json(telegram: TelegramFake) -> None:
    params = {"chat_id": "7", "text": "12", "reply_markup": json.dumps(keyboard([DATA]))}
    async with httpx.AsyncClient(base_url=f"{telegram.url}/bot{TOKEN}") as client:
        await client.get("/sendMessage", params=params)
        await client.post("/sendMessage", data=params)
        await client.post("/sendMessage", files={name: (None, value) for name, value in params.items()})
        await client.post("/sendMessage", json={"chat_id": 7, "text": "12", "reply_markup": keyboard([DATA])})
        files = {"document": ("a.csv", b"a,b")}
        await client.post(
            "/sendDocument", data={"chat_id": "7", "caption": "<b>c</b>", "parse_mode": "HTML"}, files=files
        )
        bare = await client.post("/sendDocument", data={"chat_id": "7"})
    *texts, document = telegram.messages(7)
    assert [(sent.text, sent.buttons) for sent in texts] == [("12", [[DATA]])] * 4
    assert (document.document, document.file_name, document.text, document.html) == (b"a,b", "a.csv", "c", "<b>c</b>")
    assert bare.status_code == 400
    assert len(telegram.violations) == 1


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("/bot123:WRONG/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/bot123:TEST/getNothing", 404, "Not Found: method not found"),
    ],
)
async def test_refuses_tokens_and_methods(telegram: TelegramFake, path: str, code: int, said: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(telegram.url + path)
    assert (answer.status_code, answer.json()) == (code, {"ok": False, "error_code": code, "description": said})
    assert telegram.violations


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"text": ""}, "text is missing"),
        ({"text": " \n"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "<b>" * 11_000, "parse_mode": "HTML"}, "text is too long"),
        (
            {"text": "<p>x</p>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "p" at byte offset 0',
        ),
        ({"text": "x", "parse_mode": "Markdown"}, "unsupported parse_mode"),
        ({"text": "x", "chat_id": True}, "chat_id is bool"),
        ({"text": "x", "disable_notification": "maybe"}, "a Boolean was expected"),
        ({"text": "x", "message_thread_id": 1}, "message thread not found"),
        ({"text": "x", "reply_markup": keyboard([DATA] * 9)}, "more than 8"),
        ({"text": "x", "reply_markup": keyboard(*[[DATA]] * 101)}, "reply markup is too long"),
        ({"text": "x", "reply_markup": keyboard([DATA | {"text": ""}])}, "must be non-empty"),
        ({"text": "x", "reply_markup": keyboard([DATA | {"callback_data": "ї" * 33}])}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard([{"text": "x"}])}, "Text buttons are unallowed"),
        ({"text": "x", "reply_markup": keyboard([{"text": "x", "url": "ftp://a.test"}])}, "Unsupported URL protocol"),
        ({"text": "x", "reply_markup": keyboard([DATA | {"colour": "red"}])}, "colour is unknown"),
    ],
)
async def test_refuses_broken_messages(telegram: TelegramFake, ask: Ask, params: dict[str, Any], said: str) -> None:
    code, body = await ask("sendMessage", **{"chat_id": 7} | params)
    assert code == 400
    assert said in body["description"]
    assert telegram.violations == [f"sendMessage: {body['description']}"]
    assert not telegram.messages(7)


async def test_limits_count_what_is_read(telegram: TelegramFake, ask: Ask) -> None:
    assert (await ask("sendMessage", chat_id=7, text="<b>&amp;</b>" + "😀" * 4095, parse_mode="HTML"))[0] == 200
    assert telegram.messages(7)[0].entities[0].to_dict() == {"type": "bold", "offset": 0, "length": 1}
    assert not telegram.violations
    await ask("sendMessage", chat_id=7, text="<b>x</b> " * 101, parse_mode="HTML", colour="red")
    assert telegram.violations == ["sendMessage: no such parameter: colour", "101 entities; all after 100 are lost"]
    assert len(telegram.messages(7)[1].entities) == 100


async def test_says_whom_it_cannot_reach(telegram: TelegramFake, ask: Ask) -> None:
    async def said(chat_id: int, **more: Any) -> tuple[int, str]:
        code, body = await ask("sendMessage", chat_id=chat_id, text="x", **more)
        return code, body["description"]

    assert await said(99) == (400, "Bad Request: chat not found")
    assert await said(9) == (403, "Forbidden: bot can't initiate conversation with a user")
    for chat_id, status in ((7, "kicked"), (GROUP, "kicked"), (CHANNEL, "left"), (BASIC, "kicked")):
        await telegram.membership(chat_id, status)
    assert await said(7) == (403, "Forbidden: bot was blocked by the user")
    assert await said(GROUP) == (403, "Forbidden: bot was kicked from the supergroup chat")
    assert await said(CHANNEL) == (403, "Forbidden: bot is not a member of the channel chat")
    assert await said(BASIC) == (403, "Forbidden: bot was kicked from the group chat")
    assert await said(8, reply_parameters={"message_id": 5}) == (400, "Bad Request: message to be replied not found")
    missing = {"message_id": 5, "allow_sending_without_reply": True}
    assert (await ask("sendMessage", chat_id=8, text="x", reply_parameters=missing))[0] == 200
    assert not telegram.violations


async def test_topics_and_migration(telegram: TelegramFake, ask: Ask) -> None:
    thread = telegram.add_topic(FORUM, "Elections")
    _, body = await ask("sendMessage", chat_id=FORUM, text="x", message_thread_id=thread)
    assert body["result"]["is_topic_message"]
    telegram.delete_topic(FORUM, thread)
    assert (await ask("sendMessage", chat_id=FORUM, text="x", message_thread_id=thread))[0] == 400
    telegram.migrate(BASIC, -100777)
    code, body = await ask("sendMessage", chat_id=BASIC, text="x")
    assert (code, body["parameters"]) == (400, {"migrate_to_chat_id": -100777})
    assert (await ask("sendMessage", chat_id=-100777, text="x"))[0] == 200
    assert [update["message"].get("migrate_to_chat_id") for update in telegram.updates] == [None, -100777, None]


async def test_editing(telegram: TelegramFake, ask: Ask) -> None:
    _, sent = await ask("sendMessage", chat_id=7, text="one", reply_markup=keyboard([DATA]))
    edit = {"chat_id": 7, "message_id": sent["result"]["message_id"], "text": "one"}
    _, body = await ask("editMessageText", **edit, reply_markup=keyboard([DATA]))
    assert body["description"].startswith("Bad Request: message is not modified: ")
    assert (await ask("editMessageText", **edit))[0] == 200
    assert (telegram.messages(7)[0].edited, telegram.messages(7)[0].buttons) == (1, [])
    _, body = await ask("editMessageText", **edit | {"message_id": 99})
    assert body["description"] == "Bad Request: message to edit not found"
    theirs = await telegram.types(7, 7, "mine")
    assert not telegram.violations
    _, body = await ask("editMessageText", **edit | {"message_id": theirs})
    assert body["description"] == "Bad Request: message can't be edited"
    assert (await ask("deleteMessage", chat_id=7, message_id=edit["message_id"]))[0] == 200
    assert not telegram.messages(7)


async def test_queries(telegram: TelegramFake, ask: Ask) -> None:
    await ask("sendMessage", chat_id=GROUP, text="x", reply_markup=keyboard([DATA]))
    query = await telegram.presses(telegram.messages(GROUP)[0], "More", 8)
    assert (await ask("answerCallbackQuery", callback_query_id=query, text="x" * 201))[0] == 400
    assert (await ask("answerCallbackQuery", callback_query_id=query, text="done"))[0] == 200
    _, body = await ask("answerCallbackQuery", callback_query_id=query)
    assert "query is too old and response timeout expired or query ID is invalid" in body["description"]
    assert telegram.answers == {query: {"text": "done"}}
    assert len(telegram.violations) == 2
    article = {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "<b>x"}}
    asked = await telegram.asks_inline(8, "negotiations")
    assert (await ask("answerInlineQuery", inline_query_id=asked, results=[article] * 51))[0] == 400
    assert (await ask("answerInlineQuery", inline_query_id=asked, results=[article] * 2))[0] == 400
    article["input_message_content"] = {"message_text": "<b>x", "parse_mode": "HTML"}
    assert (await ask("answerInlineQuery", inline_query_id=asked, results=[article]))[0] == 400
    article["input_message_content"] = {"message_text": "<b>x</b>", "parse_mode": "HTML"}
    assert (await ask("answerInlineQuery", inline_query_id=asked, results=[article]))[0] == 200
    assert telegram.inline_answers == {asked: [article]}
    late = await telegram.asks_inline(8, "late")
    telegram.expire(late)
    assert (await ask("answerInlineQuery", inline_query_id=late, results=[]))[0] == 400


async def test_commands_and_photos(telegram: TelegramFake, ask: Ask) -> None:
    good = [{"command": "who_said", "description": "Who said it"}]
    assert (await ask("setMyCommands", commands=good, scope={"type": "all_private_chats"}))[0] == 200
    assert (await ask("setMyCommands", commands=good, language_code="de"))[0] == 200
    assert telegram.commands == {'{"type": "all_private_chats"}': good, '{"type": "default"} de': good}
    assert (await ask("getMyCommands", scope={"type": "all_private_chats"}))[1]["result"] == good
    for bad in ({"command": "who-said"}, {"command": "x" * 33}, {"description": ""}):
        assert (await ask("setMyCommands", commands=[good[0] | bad]))[0] == 400
    picture = b"\x89PNG\r\n\x1a\n" + bytes(4) + b"IHDR" + (9000).to_bytes(4, "big") + (1001).to_bytes(4, "big")
    async with httpx.AsyncClient() as client:
        call = f"{telegram.url}/bot{TOKEN}/sendPhoto"
        answer = await client.post(call, data={"chat_id": "7"}, files={"photo": ("a.png", picture)})
    assert answer.json()["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"


async def test_mishaps(telegram: TelegramFake, ask: Ask) -> None:
    telegram.fail("sendMessage", RetryAfter(3), chat=7)
    telegram.fail("sendMessage", Refuse(403, "Forbidden: user is deactivated"), chat=7)
    assert (await ask("sendMessage", chat_id=8, text="x"))[0] == 200
    assert (await ask("sendMessage", chat_id=7, text="x"))[1]["parameters"] == {"retry_after": 3}
    assert (await ask("sendMessage", chat_id=7, text="x"))[1]["description"] == "Forbidden: user is deactivated"
    for fault, acted in ((ServerError(), 0), (DropBefore(), 0), (Drop(), 1), (Timeout(0.05), 2)):
        telegram.fail("sendMessage", fault)
        with pytest.raises((httpx.TransportError, ValueError)):
            await ask("sendMessage", chat_id=7, text="x")
        assert len(telegram.messages(7)) == acted
    assert not telegram.violations
    telegram.revoke()
    assert await ask("getMe") == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})


async def test_rates() -> None:
    async with serve_telegram(TOKEN, rates=True) as telegram, httpx.AsyncClient() as client:
        telegram.add_user(7)
        call = f"{telegram.url}/bot{TOKEN}/sendMessage"
        codes = [(await client.post(call, json={"chat_id": 7, "text": "x"})).status_code for _ in range(2)]
        assert codes == [200, 429]
