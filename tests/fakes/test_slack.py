"""The fake Slack refuses what Slack refuses, and speaks to the real libraries."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import httpx
import pytest
import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response as Answer
from starlette.routing import Route

from tests.fakes.slack import (
    Drop,
    DropBefore,
    Fault,
    Posted,
    RateLimited,
    Refuse,
    Run,
    ServerError,
    SlackFake,
    Timeout,
    parse_mrkdwn,
    plain,
    problems,
    serve_slack,
)

QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}


@pytest.fixture
async def slack() -> AsyncIterator[SlackFake]:
    async with serve_slack() as served:
        served.add_user("U1", name="ann", is_admin=True)
        served.add_user("U2", name="bob")
        served.add_channel("C1", name="desk", members={"U1"})
        served.add_im("D1", "U1")
        yield served


@pytest.fixture
def client(slack: SlackFake) -> AsyncWebClient:
    return AsyncWebClient("xoxb-TEST", base_url=slack.url + "api/", retry_handlers=[])


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str, action: str = "go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def modal(**more: Any) -> dict[str, Any]:
    words = {"type": "plain_text", "text": "Words"}
    entry = {"type": "input", "block_id": "what", "label": words, "element": {"type": "plain_text_input"}}
    return {"type": "modal", "title": words, "submit": words, "blocks": [entry], **more}


async def error(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_message_is_kept_and_given_back_as_slack_does(slack: SlackFake, client: AsyncWebClient) -> None:
    metadata = {"event_type": "briefing-run", "event_payload": {"run": "1"}}
    blocks = [section("*Hi* <https://a.example|there>"), actions(button("More"))]
    sent = await client.chat_postMessage(channel="C1", text="Hi", blocks=blocks, metadata=metadata, **QUIET)
    assert sent["message"]["bot_id"] == "BBOT"
    (posted,) = slack.messages("C1")
    assert (posted.ts, posted.text, posted.metadata) == (sent["ts"], "Hi", metadata)
    assert plain(posted.blocks) == "Hi there\nMore"
    found = await client.conversations_history(
        channel="C1", oldest=posted.ts, inclusive=True, include_all_metadata=True
    )
    assert [message["metadata"] for message in found["messages"]] == [metadata]
    assert "metadata" not in (await client.conversations_history(channel="C1"))["messages"][0]
    assert (await client.conversations_history(channel="C1", oldest=posted.ts))["messages"] == []
    reply = await client.chat_postMessage(channel="C1", text="Reply", thread_ts=posted.ts, **QUIET)
    thread = await client.conversations_replies(channel="C1", ts=posted.ts)
    assert [message["ts"] for message in thread["messages"]] == [posted.ts, reply["ts"]]
    await client.chat_update(channel="C1", ts=posted.ts, text="Changed")
    assert (posted.text, posted.blocks, posted.metadata, posted.edited) == ("Changed", [], metadata, 1)
    await client.chat_delete(channel="C1", ts=posted.ts)
    assert await error(client.chat_update(channel="C1", ts=posted.ts, text="Gone")) == "message_not_found"
    assert slack.violations == []


def option(text: str, value: str | None = None) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": text}, "value": text if value is None else value}


def chooser(kind: str, *texts: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "options": [option(text) for text in texts], **more}


BAD: dict[str, list[dict[str, Any]]] = {
    "51 blocks": [section("a")] * 51,
    "3001 characters": [section("a" * 3001)],
    "empty text": [section(" ")],
    "unknown block": [{"type": "poem", "text": "a"}],
    "unknown field": [section("a", colour="red")],
    "text as a string": [{"type": "section", "text": "a"}],
    "mrkdwn header": [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}],
    "long header": [{"type": "header", "text": {"type": "plain_text", "text": "a" * 151}}],
    "11 fields": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "a"}] * 11}],
    "11 in a context": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 11}],
    "26 buttons": [actions(*(button("a", f"a{at}") for at in range(26)))],
    "long label": [actions(button("a" * 76))],
    "long value": [actions(button("a", value="a" * 2001))],
    "long url": [actions(button("a", url="https://a.example/" + "a" * 3000))],
    "long action_id": [actions(button("a", "a" * 256))],
    "same action_id": [actions(button("a"), button("b"))],
    "same block_id": [section("a", block_id="x"), section("b", block_id="x")],
    "no options": [actions({"type": "static_select", "action_id": "a"})],
    "101 options": [actions(chooser("static_select", *map(str, range(101))))],
    "11 checkboxes": [actions(chooser("checkboxes", *map(str, range(11))))],
    "11 radio buttons": [actions(chooser("radio_buttons", *map(str, range(11))))],
    "long option": [actions(chooser("checkboxes", "a" * 76))],
    "long value of an option": [actions({"type": "overflow", "options": [option("a", "v" * 151)]})],
    "same value of two options": [actions(chooser("radio_buttons", "a", "a"))],
    "begins with none of its options": [actions(chooser("radio_buttons", "a", initial_option=option("b")))],
    "begins with boxes of others": [actions(chooser("checkboxes", "a", initial_options=[option("b")]))],
    "long placeholder": [actions(chooser("static_select", "a", placeholder={"type": "plain_text", "text": "a" * 151}))],
    "no time": [actions({"type": "timepicker", "initial_time": "24:00"})],
    "no time zone": [actions({"type": "timepicker", "timezone": "Kyiv"})],
    "no date": [actions({"type": "datepicker", "initial_date": "1 May 2024"})],
    "options of a search": [actions({"type": "external_select", "options": [option("a")]})],
    "search from nothing on": [actions({"type": "external_select", "min_query_length": -1})],
    "empty filter": [actions({"type": "conversations_select", "filter": {}})],
    "filter of nothing": [actions({"type": "conversations_select", "filter": {"include": []}})],
    "filter of crowds": [actions({"type": "conversations_select", "filter": {"include": ["crowds"]}})],
    "filter of people": [actions({"type": "users_select", "filter": {"include": ["im"]}})],
    "current person": [actions({"type": "users_select", "default_to_current_conversation": True})],
    "two in focus": [
        actions({"type": "timepicker", "focus_on_load": True}, chooser("radio_buttons", "a", focus_on_load=True))
    ],
}


@pytest.mark.parametrize("name", BAD)
async def test_bad_blocks_are_refused(slack: SlackFake, client: AsyncWebClient, name: str) -> None:
    assert await error(client.chat_postMessage(channel="C1", text="a", blocks=BAD[name], **QUIET)) == "invalid_blocks"
    assert len(slack.violations) == 1
    assert slack.messages("C1") == []


@pytest.mark.parametrize(
    ("sent", "refusal", "broken"),
    [
        ({"text": ""}, "no_text", "no_text"),
        ({"text": "a" * 40_001}, "msg_too_long", "msg_too_long"),
        ({"text": "a" * 4001}, None, "over 4,000"),
        ({"text": "a", "blocks": [section("a" * 2700)] * 5}, "msg_blocks_too_long", "msg_blocks_too_long"),
        ({"text": "a", "blocks": [section("a" * 2500)] * 4}, None, "over 9,000"),
        ({"text": "<!channel> read"}, None, "pings"),
        ({"text": "a", "blocks": [section("Tom & Jerry")]}, None, "stray '&'"),
        ({"text": "a", "unfurl_links": True}, None, "unfurl_links"),
        ({"text": "a", "metadata": {"event_type": "a.b", "event_payload": {}}}, None, "metadata dropped"),
        ({"text": "a", "metadata": {"event_type": "ab"}}, "invalid_metadata_format", "metadata"),
        ({"text": "a", "txet": "a"}, None, "unknown argument"),
    ],
)
async def test_rules_of_messages(
    slack: SlackFake, client: AsyncWebClient, sent: dict[str, Any], refusal: str | None, broken: str
) -> None:
    call = client.api_call("chat.postMessage", json={"channel": "C1", **QUIET, **sent})
    if refusal:
        assert await error(call) == refusal
    else:
        await call
    (violation,) = slack.violations
    assert broken in violation


async def test_arguments_and_tokens_come_in_any_way(slack: SlackFake) -> None:
    blocks = json.dumps([section("a")])
    form = {"channel": "C1", "text": "a", "blocks": blocks, "unfurl_links": "false", "unfurl_media": "0"}
    async with httpx.AsyncClient(base_url=slack.url + "api/") as http:
        assert (await http.post("chat.postMessage", data={"token": "xoxb-TEST", **form})).json()["ok"]
        assert (await http.get("auth.test", params={"token": "xoxb-TEST"})).json()["user_id"] == "UBOT"
        refusals = {
            "not_authed": await http.post("auth.test"),
            "invalid_auth": await http.post("auth.test", headers={"Authorization": "Bearer xoxb-OTHER"}),
            "not_allowed_token_type": await http.post("apps.connections.open", data={"token": "xoxb-TEST"}),
            "unknown_method": await http.post("chat.shout", data={"token": "xoxb-TEST"}),
            "invalid_blocks_format": await http.post("chat.postMessage", data={"blocks": "[", "token": "xoxb-TEST"}),
        }
    assert {answer.json()["error"] for answer in refusals.values()} == refusals.keys()


async def test_the_workspace_decides_who_may_write(slack: SlackFake, client: AsyncWebClient) -> None:
    slack.add_channel("C2", bot_member=False)
    slack.add_channel("C3", archived=True)
    slack.add_channel("C4", private=True, bot_member=False)
    for channel, refusal in {"C2": "not_in_channel", "C3": "is_archived", "C4": "channel_not_found"}.items():
        assert await error(client.chat_postMessage(channel=channel, text="a", **QUIET)) == refusal
    assert await error(client.chat_postEphemeral(channel="C1", user="U2", text="a")) == "user_not_in_channel"
    assert [c["id"] for c in (await client.conversations_list(exclude_archived=True))["channels"]] == ["C1", "C2"]
    assert (await client.users_info(user="U1"))["user"]["is_admin"]
    assert (await client.conversations_open(users="U1"))["channel"]["id"] == "D1"
    slack.scopes = {"chat:write"}
    with pytest.raises(SlackApiError) as caught:
        await client.users_info(user="U1")
    assert (caught.value.response["needed"], caught.value.response["provided"]) == ("users:read", "chat:write")
    assert (await client.auth_test()).headers["x-oauth-scopes"] == "chat:write"
    slack.revoke()
    assert await error(client.auth_test()) == "token_revoked"
    assert slack.violations == []


async def test_faults(slack: SlackFake) -> None:
    client = AsyncWebClient("xoxb-TEST", base_url=slack.url + "api/", retry_handlers=[], timeout=1)

    async def post() -> Any:
        return await client.chat_postMessage(channel="C1", text="a", **QUIET)

    slack.fail("chat.postMessage", RateLimited(7), channel="C1")
    with pytest.raises(SlackApiError) as caught:
        await post()
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    slack.fail("chat.postMessage", Refuse("fatal_error"))
    assert await error(post()) == "fatal_error"
    slack.fail("chat.postMessage", ServerError(502))
    with pytest.raises(SlackApiError):
        await post()
    assert len(slack.messages("C1")) == 0
    faults: list[tuple[Fault, int]] = [(DropBefore(), 0), (Drop(), 1), (Timeout(30), 2)]
    for fault, posted in faults:
        slack.fail("chat.postMessage", fault)
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            await post()
        assert len(slack.messages("C1")) == posted
    assert (await post())["ok"]


async def test_rates() -> None:
    async with serve_slack(rates=True) as slack:
        slack.add_channel("C1")
        client = AsyncWebClient("xoxb-TEST", base_url=slack.url + "api/")
        for _ in range(3):
            await client.chat_postMessage(channel="C1", text="a", **QUIET)
        assert await error(client.chat_postMessage(channel="C1", text="a", **QUIET)) == "ratelimited"


async def test_files_take_three_steps(slack: SlackFake, client: AsyncWebClient) -> None:
    await client.files_upload_v2(channel="C1", filename="a.csv", content="a,b", title="All", initial_comment="Here")
    (posted,) = slack.messages("C1")
    assert posted.text == "Here"
    assert slack.files[posted.files[0]].data == b"a,b"
    asked = await client.files_getUploadURLExternal(filename="b.csv", length=3)
    early = client.files_completeUploadExternal(files=[{"id": asked["file_id"], "title": "b"}], channel_id="C1")
    assert await error(early) == "file_upload_incomplete"


def field(element: dict[str, Any], name: str = "f") -> dict[str, Any]:
    label = {"type": "plain_text", "text": name}
    element = {"type": "plain_text_input", "action_id": name} | element
    return {"type": "input", "block_id": name, "label": label, "element": element}


async def test_home_and_views_are_checked(slack: SlackFake, client: AsyncWebClient) -> None:
    await client.views_publish(user_id="U1", view={"type": "home", "blocks": [section("Hello")]})
    assert plain(slack.homes["U1"]["blocks"]) == "Hello"
    bad: list[dict[str, Any]] = [
        {"title": {"type": "plain_text", "text": "a" * 25}},
        {"private_metadata": "a" * 3001},
        {"callback_id": "a" * 256},
        {"submit": None},
        {"blocks": [section("a")] * 101},
        {"colour": "red"},
        {"blocks": [field({"max_length": 3001})]},
        {"blocks": [field({"max_length": 0})]},
        {"blocks": [field({"max_length": 3, "initial_value": "four"})]},
        {"blocks": [field({"type": "button", "text": {"type": "plain_text", "text": "a"}})]},
    ]
    for wrong in bad:
        opening = client.views_open(trigger_id=slack.trigger("U1"), view=modal(**wrong))
        assert await error(opening) == "invalid_arguments"
    trigger = slack.trigger("U1")
    opened = await client.views_open(trigger_id=trigger, view=modal())
    assert list(slack.views) == [opened["view"]["id"]]
    assert await error(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    late = slack.trigger("U1")
    slack.triggers[late].made -= 3.1
    assert await error(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    stale = client.views_update(view_id=opened["view"]["id"], view=modal(), hash="0")
    assert await error(stale) == "hash_conflict"


def test_mrkdwn_is_read_as_slack_shows_it() -> None:
    text = "a *b _c_* `*d*` <https://e.example?f=1&amp;g|h &lt;> ~i~ j_k_l &amp;lt; <!here> <!date^1^{date}|m>"
    assert parse_mrkdwn(text) == [
        Run("a "),
        Run("b ", bold=True),
        Run("c", bold=True, italic=True),
        Run(" "),
        Run("*d*", code=True),
        Run(" "),
        Run("h <", url="https://e.example?f=1&g"),
        Run(" "),
        Run("i", strike=True),
        Run(" j_k_l &lt; "),
        Run("@here", ping=True),
        Run(" m"),
    ]
    assert problems(text) == ["pings a crowd: <!here>"]
    for wrong in (
        "a < b",
        "a > b",
        "a & b",
        "<javascript:a|b>",
        "<https://a b|c>",
        "<https://a.example|b\nc>",
        "&nbsp;",
    ):
        assert problems(wrong), wrong
    for wrong in ("<!date^1^{dat}|a>", "<https://a.example/?b&c|d>", "<!subteam^S1>", "<!everyone>", "<!channel|a>"):
        assert len(problems(wrong)) == 1, wrong


@asynccontextmanager
async def over_http(app: AsyncApp, slack: SlackFake) -> AsyncIterator[None]:
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Answer:
        return await handler.handle(request)

    routes = [Route("/slack/events", events, methods=["POST"])]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    slack.app_url = f"http://127.0.0.1:{port}/slack/events"
    try:
        yield
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def over_sockets(app: AsyncApp, slack: SlackFake) -> AsyncIterator[None]:
    client = AsyncWebClient(base_url=slack.url + "api/", retry_handlers=[])
    handler = AsyncSocketModeHandler(app, "xapp-TEST", web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def bot(client: AsyncWebClient) -> AsyncApp:
    """A small bot that does a bit of everything."""
    quiet = logging.getLogger("tests.fakes.slack")
    quiet.setLevel(logging.CRITICAL)
    app = AsyncApp(client=client, signing_secret="s3cret", logger=quiet)

    @app.command("/who-said")
    async def who_said(ack: Any, respond: Any, command: Any) -> None:
        await ack()
        pages = [section(command["text"]), actions(button("Next", "next", value="2"), button("Edit", "edit"))]
        await respond(text="Found", blocks=pages, response_type=command["text"].partition(" ")[0])

    @app.action("next")
    async def following(ack: Any, respond: Any, body: Any) -> None:
        await ack()
        await respond(text=f"Page {body['actions'][0]['value']}", replace_original=True)

    @app.action("edit")
    async def edit(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="edited"))

    @app.view("edited")
    async def edited(ack: Any, view: Any) -> None:
        text = next(iter(view["state"]["values"]["what"].values()))["value"]
        await (ack() if text == "right" else ack(response_action="errors", errors={"what": "Wrong"}))

    @app.shortcut("add")
    async def add(ack: Any, respond: Any, body: Any) -> None:
        await ack()
        await respond(text=f"Added: {body['message']['text']}")

    @app.event("app_mention")
    async def mention(event: Any, say: Any) -> None:
        await say(text=event["text"], thread_ts=event["ts"], unfurl_links=False, unfurl_media=False)

    @app.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("Home")]})

    @app.command("/slow")
    async def slow(ack: Any) -> None:
        await asyncio.sleep(0.7)
        await ack("late")

    return app


Way = Callable[[AsyncApp, SlackFake], Any]


@pytest.mark.parametrize("way", [over_http, over_sockets])
async def test_a_bolt_app_is_told_what_people_do(slack: SlackFake, client: AsyncWebClient, way: Way) -> None:
    async with way(bot(client), slack):
        private = await slack.commands("/who-said", "ephemeral & <b>", channel="C1", user="U1")
        answer = await slack.wait_response(private)
        assert (private.status, private.latency < 1, slack.messages("C1")) == (200, True, [])
        pressed = await slack.presses(answer, "Next", "U1")
        assert "message" not in pressed.payload
        assert (await slack.wait_response(pressed)).ts == answer.ts
        assert answer.text == "Page 2"

        public = await slack.commands("/who-said", "in_channel", channel="C1", user="U1")
        await slack.wait_response(public)
        posted = await slack.wait_message("C1")
        pressed = await slack.presses(posted, "edit", "U1")
        assert pressed.payload["message"]["ts"] == posted.ts
        await slack.settled()
        (view,) = slack.views.values()
        await slack.submits(view, {"what": "left"}, "U1")
        assert view["id"] in slack.views
        await slack.submits(view, {"what": "right"}, "U1")
        assert slack.views == {}

        added = await slack.shortcut("add", message_text="Tom & Jerry", channel="C1", user="U1")
        assert (await slack.wait_response(added)).text == "Added: Tom &amp; Jerry"
        said = await slack.mentions("hello", channel="C1", user="U1")
        reply = await slack.wait_message("C1", 2)
        assert (reply.text, reply.thread_ts) == ("<@UBOT> hello", said.message_ts)
        await slack.repeats(said)
        assert isinstance(await slack.wait_message("C1", 3), Posted)
        await slack.opens_home("U1")
        await slack.settled()
        assert plain(slack.homes["U1"]["blocks"]) == "Home"
    assert slack.violations == []


def chooses(client: AsyncWebClient, offered: list[dict[str, Any]]) -> AsyncApp:
    """A bot whose shortcut opens a modal in which a place is searched and a channel chosen."""
    app = bot(client)
    channel = {"type": "conversations_select", "filter": {"include": ["public", "private"]}}

    @app.shortcut("choose")
    async def choose(ack: Any, body: Any, client: Any) -> None:
        await ack()
        fields = [field({"type": "external_select"}, "place"), field(channel, "channel")]
        await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="chosen", blocks=fields))

    @app.options("place")
    async def places(ack: Any, body: Any) -> None:
        await ack(options=[each for each in offered if body["value"] in each["value"]])

    @app.view("chosen")
    async def chosen(ack: Any, view: Any) -> None:
        app.chosen = view["state"]["values"]  # type: ignore[attr-defined]
        await ack()

    return app


@pytest.mark.parametrize("way", [over_http, over_sockets])
async def test_what_is_searched_can_be_chosen(slack: SlackFake, client: AsyncWebClient, way: Way) -> None:
    slack.add_channel("CSECRET", private=True, members={"U2"})
    app = chooses(client, [option("Kyiv"), option("Lviv")])
    async with way(app, slack):
        await slack.global_shortcut("choose", "U1")
        await slack.settled()
        ((id, view),) = slack.views.items()
        with pytest.raises(AssertionError, match="nothing so short"):
            await slack.searches(id, "place", "Ky", "U1")
        with pytest.raises(AssertionError, match="not among"):
            await slack.submits(id, {"place": "Kyiv", "channel": "C1"}, "U1")
        assert [each["value"] for each in await slack.searches(id, "place", "Kyi", "U1")] == ["Kyiv"]
        for channel, why in (("D1", "leaves out"), ("CSECRET", "sees nothing")):
            with pytest.raises(AssertionError, match=why):
                await slack.submits(id, {"place": "Kyiv", "channel": channel}, "U1")
        await slack.submits(view, {"place": "Kyiv", "channel": "C1"}, "U1")
    assert app.chosen["place"]["place"]["selected_option"] == option("Kyiv")  # type: ignore[attr-defined]
    assert app.chosen["channel"]["channel"]["selected_conversation"] == "C1"  # type: ignore[attr-defined]
    assert slack.views == {}
    assert slack.violations == []


@pytest.mark.parametrize(
    ("offered", "broken"),
    [
        ([option(str(number)) for number in range(101)], "no more than 100 items"),
        ([option("a" * 76)], "less than 76 characters"),
        ([option("a", "v" * 151)], "less than 151 characters"),
        ([{"text": "a", "value": "a"}], "plain_text object"),
    ],
)
async def test_what_a_search_may_offer(
    slack: SlackFake, client: AsyncWebClient, offered: list[dict[str, Any]], broken: str
) -> None:
    async with over_sockets(chooses(client, offered), slack):
        await slack.global_shortcut("choose", "U1")
        await slack.settled()
        (id,) = slack.views
        # What is asked for stands in every value.
        for each in offered:
            each["value"] = f"abc{each['value']}"
        assert await slack.searches(id, "place", "abc", "U1") == []
    assert any("block_suggestion" in note and broken in note for note in slack.violations)


@pytest.mark.parametrize("way", [over_http, over_sockets])
async def test_a_late_acknowledgement_is_noted(slack: SlackFake, client: AsyncWebClient, way: Way) -> None:
    async with way(bot(client), slack):
        slack.ack_limit = 0.3
        late = await slack.commands("/slow", channel="C1", user="U1")
        await asyncio.sleep(0.6)
    assert (late.status, late.latency < 0.6) == (0, True)
    assert "slash_commands: acknowledged later than 0.3 s" in slack.violations


async def test_envelopes_come_again_until_acknowledged(slack: SlackFake, client: AsyncWebClient) -> None:
    async with over_sockets(bot(client), slack):
        slack.ack_limit = 0.2
        unheard = await slack.event({"type": "channel_archive", "channel": "C1", "user": "U1"})
    assert unheard.attempts == [0] * 4
    assert "channel_archive: not acknowledged: timeout, answers [0, 0, 0, 0]" in slack.violations


async def test_unanswered_events_come_again(slack: SlackFake, client: AsyncWebClient) -> None:
    async with over_http(bot(client), slack):
        await slack.verifies_url()
        assert slack.violations == []
        unheard = await slack.event({"type": "channel_archive", "channel": "C1", "user": "U1"})
        forged = {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=0"}
        async with httpx.AsyncClient() as http:
            assert (await http.post(str(slack.app_url), content=b"{}", headers=forged)).status_code == 401
            body = b'{"type":"url_verification","challenge":"c"}'
            headers = {"Content-Type": "application/json", **slack.sign(body)}
            assert (await http.post(str(slack.app_url), content=body, headers=headers)).status_code == 200
    assert unheard.attempts == [404] * 4
    assert len(slack.violations) == 1


async def test_a_refreshed_connection_is_taken_up(slack: SlackFake, client: AsyncWebClient) -> None:
    async with over_sockets(bot(client), slack):
        assert slack.socket_connections == 1
        await slack.disconnects()
        await slack.connected()
        await slack.mentions("hello", channel="C1", user="U1")
        await slack.wait_message("C1")
    assert slack.violations == []


async def test_response_urls_wear_out(slack: SlackFake, client: AsyncWebClient) -> None:
    async with over_http(bot(client), slack), httpx.AsyncClient() as http:
        told = await slack.commands("/who-said", "ephemeral", channel="C1", user="U1")
        await slack.wait_response(told)
        for _ in range(4):
            assert (await http.post(told.response_url, json={"text": "a"})).text == "ok"
        worn = await http.post(told.response_url, json={"text": "a"})
        assert (worn.status_code, worn.json()["error"]) == (404, "expired_url")
        assert len(slack.violations) == 1
        other = await slack.commands("/who-said", "ephemeral", channel="C1", user="U1")
        await slack.wait_response(other)
        slack.expire(other)
        assert (await http.post(other.response_url, json={"text": "a"})).status_code == 404
        assert await error(client.views_open(trigger_id=other.trigger_id, view=modal())) == "expired_trigger_id"
        assert (await http.post(told.response_url, json={"text": "a", "blocks": [section("")]})).status_code == 404
    assert len(other.responses) == 1
