"""What the fake Slack lets a bot read back, how fast it lets it post, and what it counts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import (
    Drop,
    DropBefore,
    Fault,
    Posted,
    RateLimited,
    Refuse,
    ServerError,
    SlackFake,
    Timeout,
    serve_slack,
)

QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
KEPT = {"event_type": "part", "event_payload": {"key": "k1"}}


@pytest.fixture
async def slack() -> AsyncIterator[SlackFake]:
    async with serve_slack() as served:
        served.add_user("U1", name="ann")
        served.add_channel("C1", name="desk", members={"U1"})
        served.add_im("D1", "U1")
        yield served


@pytest.fixture
async def client(slack: SlackFake) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as session:
        yield AsyncWebClient("xoxb-TEST", base_url=slack.url + "api/", retry_handlers=[], session=session)


async def refusal(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def texts(answer: Any) -> list[str]:
    return [message["text"] for message in answer["messages"]]


async def test_history_is_read_by_pages_and_between_moments(slack: SlackFake, client: AsyncWebClient) -> None:
    sent = [await client.chat_postMessage(channel="C1", text=f"m{at}", **QUIET) for at in range(5)]
    stamps = [str(each["ts"]) for each in sent]
    assert texts(await client.conversations_history(channel="C1")) == ["m4", "m3", "m2", "m1", "m0"]
    within: dict[str, Any] = {"channel": "C1", "oldest": stamps[1], "latest": stamps[3]}
    assert texts(await client.conversations_history(**within)) == ["m2"]
    assert texts(await client.conversations_history(**within, inclusive=True)) == ["m3", "m2", "m1"]
    first = await client.conversations_history(channel="C1", limit=2, oldest=stamps[1], inclusive=True)
    assert (texts(first), first["has_more"]) == (["m4", "m3"], True)
    cursor = first["response_metadata"]["next_cursor"]
    last = await client.conversations_history(channel="C1", limit=2, oldest=stamps[1], inclusive=True, cursor=cursor)
    assert (texts(last), last["has_more"]) == (["m2", "m1"], False)
    assert "response_metadata" not in last.data
    assert await refusal(client.conversations_history(channel="C1", cursor="x")) == "invalid_cursor"
    assert await refusal(client.conversations_history(channel="C1", oldest="now")) == "invalid_ts_oldest"


async def test_a_thread_comes_with_what_began_it(slack: SlackFake, client: AsyncWebClient) -> None:
    top = str((await client.chat_postMessage(channel="C1", text="top", metadata=KEPT, **QUIET))["ts"])
    sent = [await client.chat_postMessage(channel="C1", text=f"r{at}", thread_ts=top, **QUIET) for at in range(3)]
    slack.add(Posted(slack.ts(), "C1", "hidden", thread_ts=top, ephemeral_user="U1"))
    assert texts(await client.conversations_history(channel="C1")) == ["top"]
    whole = await client.conversations_replies(channel="C1", ts=top, include_all_metadata=True)
    assert texts(whole) == ["top", "r0", "r1", "r2"]
    assert [message.get("metadata") for message in whole["messages"]] == [KEPT, None, None, None]
    assert (whole["messages"][0]["reply_count"], whole["messages"][0]["latest_reply"]) == (3, sent[2]["ts"])
    later = await client.conversations_replies(channel="C1", ts=top, oldest=str(sent[0]["ts"]))
    assert texts(later) == ["top", "r1", "r2"]
    assert "metadata" not in later["messages"][0]
    assert await refusal(client.conversations_replies(channel="C1", ts="1.000000")) == "thread_not_found"
    await client.chat_delete(channel="C1", ts=str(sent[1]["ts"]))
    assert texts(await client.conversations_replies(channel="C1", ts=top)) == ["top", "r0", "r2"]


@pytest.mark.parametrize("method", ["conversations_history", "conversations_replies"])
async def test_who_may_not_read(slack: SlackFake, client: AsyncWebClient, method: str) -> None:
    slack.add_channel("C2", bot_member=False)
    slack.add_channel("C3", private=True, bot_member=False)
    slack.add_channel("C4", private=True)
    slack.add_channel("C5", kind="mpim", private=True)

    async def read(channel: str) -> str:
        return await refusal(getattr(client, method)(channel=channel, **more))

    more = {"ts": "1.000000"} if method == "conversations_replies" else {}
    assert [await read(channel) for channel in ("C2", "C3", "C9")] == [
        "not_in_channel",
        "channel_not_found",
        "channel_not_found",
    ]
    # One may post to a person, but reads the conversation by its own id.
    await client.chat_postMessage(channel="U1", text="a", **QUIET)
    assert await read("U1") == "channel_not_found"
    slack.scopes = {"chat:write"}
    for channel, needed in {"C1": "channels", "C4": "groups", "C5": "mpim", "D1": "im"}.items():
        slack.scopes = {"channels:history", "groups:history", "mpim:history", "im:history"} - {f"{needed}:history"}
        with pytest.raises(SlackApiError) as caught:
            await getattr(client, method)(channel=channel, **more)
        answer = caught.value.response
        assert (answer["error"], answer["needed"]) == ("missing_scope", f"{needed}:history")


async def test_metadata_that_slack_does_not_keep(slack: SlackFake, client: AsyncWebClient) -> None:
    async def post(metadata: Any) -> Any:
        return await client.chat_postMessage(channel="C1", text="a", metadata=metadata, **QUIET)

    assert (await post(KEPT | {"event_type": "on.record"}))["warning"] == "metadata_event_type_invalid"
    assert slack.messages("C1")[0].metadata is None
    assert len(slack.violations) == 1
    assert await refusal(post(KEPT | {"event_payload": {"key": "k" * 16_000}})) == "metadata_too_large"
    assert await refusal(post({"event_type": "part"})) == "invalid_metadata_format"
    assert slack.posts("C1") == 1


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
async def test_reading_may_fail_as_posting_may(slack: SlackFake, client: AsyncWebClient, method: str) -> None:
    top = str((await client.chat_postMessage(channel="C1", text="a", **QUIET))["ts"])

    async def read() -> Any:
        if method == "conversations.history":
            return await client.conversations_history(channel="C1")
        return await client.conversations_replies(channel="C1", ts=top)

    slack.fail(method, RateLimited(7), times=3, channel="C1")
    for _ in range(3):
        with pytest.raises(SlackApiError) as caught:
            await read()
        assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    slack.fail(method, ServerError(503, retry_after=4))
    with pytest.raises(SlackApiError) as caught:
        await read()
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (503, "4")
    slack.fail(method, Refuse("fatal_error"))
    assert await refusal(read()) == "fatal_error"
    slack.fail(method, Timeout())
    with pytest.raises(TimeoutError):
        await read()
    assert texts(await read()) == ["a"]


async def test_how_often_a_text_was_posted(slack: SlackFake, client: AsyncWebClient) -> None:
    async def post(channel: str, text: str) -> Any:
        return await client.chat_postMessage(channel=channel, text=text, **QUIET)

    sent = await post("C1", "one and two")
    await client.chat_update(channel="C1", ts=sent["ts"], text="changed")
    await post("D1", "one")
    faults: list[tuple[Fault, int]] = [
        (Drop(), 2),
        (Timeout(), 3),
        (ServerError(500, acts=True), 4),
        (ServerError(503), 4),
        (DropBefore(), 4),
    ]
    for fault, count in faults:
        slack.fail("chat.postMessage", fault)
        with pytest.raises((SlackApiError, aiohttp.ClientError, TimeoutError)):
            await post("C1", "one more")
        assert slack.posts("C1", "one") == count
    await client.chat_delete(channel="C1", ts=sent["ts"])
    await client.chat_postEphemeral(channel="C1", user="U1", text="one")
    slack.add(Posted(slack.ts(), "C1", "one", user="U1", by_bot=False))
    block = {"type": "section", "text": {"type": "plain_text", "text": "only in a block"}}
    await client.chat_postMessage(channel="C1", text="b", blocks=[block], **QUIET)
    assert (slack.posts("C1", "one"), slack.posts("C1", "in a block"), slack.posts("C1")) == (4, 1, 5)
    assert (slack.posts("D1"), slack.posts("C1", "changed")) == (1, 0)


async def test_the_workspace_takes_so_many_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fakes.slack.server._WORKSPACE", 5)
    async with serve_slack(rates=True) as slack:
        client = AsyncWebClient("xoxb-TEST", base_url=slack.url + "api/", retry_handlers=[])
        for at in range(5):
            slack.add_channel(f"C{at}")
            await client.chat_postMessage(channel=f"C{at}", text="a", **QUIET)
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C1", text="a", **QUIET)
        assert 50 < int(caught.value.response.headers["Retry-After"]) <= 61
        assert slack.limited == 1
        # Other methods have limits of their own.
        await client.conversations_history(channel="C1")


class Unwalked(list[Any]):
    """A list that nobody may look through."""

    def __iter__(self) -> Iterator[Any]:
        raise AssertionError("it was looked through")


class Unlisted(dict[str, Any]):
    """A dictionary whose values nobody may look through."""

    def values(self) -> Any:
        raise AssertionError("it was looked through")


async def test_many_channels_and_messages_cost_little(slack: SlackFake, client: AsyncWebClient) -> None:
    slack.history, slack.channels, slack.users = Unwalked(), Unlisted(slack.channels), Unlisted(slack.users)
    top = str((await client.chat_postMessage(channel="C1", text="a", **QUIET))["ts"])
    reply = await client.chat_postMessage(channel="U1", text="a", **QUIET)
    await client.chat_postMessage(channel="C1", text="a", thread_ts=top, **QUIET)
    await client.chat_update(channel="D1", ts=str(reply["ts"]), text="b")
    assert texts(await client.conversations_history(channel="C1")) == ["a"]
    assert texts(await client.conversations_replies(channel="C1", ts=top)) == ["a", "a"]
    assert len(await slack.wait_message("D1") and slack.messages("C1")) == slack.posts("C1") == 2
