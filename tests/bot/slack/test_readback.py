"""Whether a part was posted, told by what Slack keeps of it: after each way in which an answer can be lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.desk import Desk
from bot.platforms.base import Part
from bot.platforms.slack import readback
from bot.platforms.slack.platform import Slack
from briefings.errors import DeliveryError, Gone, Retry, Unknown
from briefings.model import Address
from tests.bot.slack.conftest import platform_on, workspace
from tests.fakes.slack import Drop, DropBefore, Fault, Posted, RateLimited, Refuse, ServerError, SlackFake, Timeout

HERE = Address("slack", "CDESK")
POST, HISTORY, REPLIES = "chat.postMessage", "conversations.history", "conversations.replies"


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlackFake]:
    monkeypatch.setattr("bot.platforms.slack.platform.CALL", 0.5)
    async with workspace() as found:
        yield found
        assert found.violations == []


@pytest.fixture
async def platform(fake: SlackFake, desk: Desk) -> AsyncIterator[Slack]:
    """The platform, which only sends and finds."""
    found = platform_on(fake, desk)
    await found.start(listen=False)
    yield found
    await found.stop()


def part(key: str = "k1") -> Part:
    return Part("", f"Part {key}", key=key)


def now() -> datetime:
    return datetime.now(UTC)


def asked(fake: SlackFake, method: str) -> int:
    return sum(call.method == method for call in fake.calls)


async def test_a_part_carries_its_key_and_is_found_by_it(fake: SlackFake, platform: Slack) -> None:
    since = now()
    receipt = await platform.send(HERE, part())
    [posted] = fake.messages("CDESK")
    assert posted.metadata == {"event_type": "onrecord_part", "event_payload": {"key": "k1"}}
    assert "k1" not in str(posted.blocks).replace("Part k1", "")
    assert platform.reads_back
    assert await platform.find(HERE, "k1", since) == receipt
    assert await platform.find(HERE, "k2", since) is None
    await platform.send(HERE, part(""))
    assert fake.messages("CDESK")[1].metadata is None


@pytest.mark.parametrize(
    ("fault", "posts"),
    [
        (Drop(), 1),
        (Timeout(), 1),
        (ServerError(500, acts=True), 1),
        (DropBefore(), 0),
        (ServerError(504), 0),
        (Refuse("internal_error"), 0),
    ],
    ids=str,
)
async def test_what_may_have_been_posted_is_settled(fake: SlackFake, platform: Slack, fault: Fault, posts: int) -> None:
    since = now()
    fake.fail(POST, fault)
    with pytest.raises(Unknown):
        await platform.send(HERE, part())
    found = await platform.find(HERE, "k1", since)
    assert [found.message if found else None] == ([each.ts for each in fake.messages("CDESK")] or [None])
    assert fake.posts("CDESK", "Part k1") == posts


async def test_a_part_in_a_thread_is_found_there(fake: SlackFake, platform: Slack) -> None:
    since = now()
    first = await platform.send(HERE, part())
    fake.fail(POST, Drop())
    with pytest.raises(Unknown):
        await platform.send(HERE, part("k2"), first)
    [_, reply] = fake.messages("CDESK")
    assert reply.thread_ts == first.message
    found = await platform.find(HERE, "k2", since, first)
    assert found is not None
    assert found.message == reply.ts
    assert await platform.find(Address("slack", "CDESK", first.message), "k2", since) == found
    # It stands in no channel's history, so that it had to be looked for in the thread.
    assert await platform.find(HERE, "k2", since) is None


@pytest.mark.parametrize("fault", [Refuse("thread_not_found"), Refuse("restricted_action_thread_locked")], ids=str)
async def test_a_part_whose_thread_takes_none_is_found_beside_it(
    fake: SlackFake, platform: Slack, fault: Fault
) -> None:
    since = now()
    first = await platform.send(HERE, part())
    fake.fail(POST, fault)
    second = await platform.send(HERE, part("k2"), first)
    assert fake.messages("CDESK")[1].thread_ts is None
    assert await platform.find(HERE, "k2", since, first) == second


async def test_a_part_whose_thread_is_gone_is_found_in_the_channel(fake: SlackFake, platform: Slack) -> None:
    since = now()
    first = await platform.send(HERE, part())
    fake.messages("CDESK")[0].deleted = True
    second = await platform.send(HERE, part("k2"), first)
    assert await platform.find(HERE, "k2", since, first) == second
    assert await platform.find(HERE, "k3", since, first) is None


async def test_other_peoples_messages_prove_nothing(fake: SlackFake, platform: Slack) -> None:
    since = now()
    forged = readback.metadata("k1")
    fake.add(Posted(fake.ts(), "CDESK", "Part k1", user="UBOB", by_bot=False, metadata=forged))
    other = {**forged, "event_type": "another_event"}
    fake.add(Posted(fake.ts(), "CDESK", "Part k1", metadata=other))
    fake.add(Posted(fake.ts(), "CDESK", "Part k1", ephemeral_user="UBOB", metadata=forged))
    assert await platform.find(HERE, "k1", since) is None


async def test_a_clock_that_is_ahead_of_slacks_hides_nothing(fake: SlackFake, platform: Slack) -> None:
    behind = now() - timedelta(minutes=2)
    fake.clock = behind.timestamp
    receipt = await platform.send(HERE, part())
    assert await platform.find(HERE, "k1", now()) == receipt
    assert await platform.find(HERE, "k1", now() + timedelta(minutes=10)) is None


@pytest.mark.parametrize("threaded", [False, True])
async def test_all_pages_are_looked_through_up_to_a_bound(
    fake: SlackFake, platform: Slack, monkeypatch: pytest.MonkeyPatch, threaded: bool
) -> None:
    since = now()
    first = await platform.send(HERE, part("first")) if threaded else None
    thread, method = (first.message, REPLIES) if first else (None, HISTORY)
    crowd = 2 * readback.PAGE + 30
    for _ in range(crowd if threaded else 0):
        fake.add(Posted(fake.ts(), "CDESK", "chatter", user="UBOB", by_bot=False, thread_ts=thread))
    receipt = await platform.send(HERE, part(), first)
    for _ in range(0 if threaded else crowd):
        fake.add(Posted(fake.ts(), "CDESK", "chatter", user="UBOB", by_bot=False))
    assert await platform.find(HERE, "k1", since, first) == receipt
    assert asked(fake, method) == 3
    monkeypatch.setattr(readback, "MAX_PAGES", 2)
    with pytest.raises(Unknown, match="too many"):
        await platform.find(HERE, "k1", since, first)


@pytest.mark.parametrize(
    ("fault", "expected", "after"),
    [
        (RateLimited(7), Retry, 7),
        (ServerError(503, retry_after=9), Retry, 9),
        (ServerError(502), Retry, None),
        (Drop(), Retry, None),
        (Timeout(), Retry, None),
        (Refuse("internal_error"), Retry, None),
        (Refuse("token_revoked"), Retry, 300),
        (Refuse("channel_not_found"), Gone, None),
        (Refuse("not_in_channel"), Gone, None),
        (Refuse("no_permission"), Unknown, None),
        (Refuse("missing_scope"), Unknown, None),
        (Refuse("not_allowed_token_type"), Unknown, None),
        (Refuse("invalid_arguments"), Unknown, None),
        (Refuse("a_new_error"), Unknown, None),
    ],
    ids=str,
)
@pytest.mark.parametrize("threaded", [False, True])
async def test_why_it_cannot_be_told(
    fake: SlackFake,
    platform: Slack,
    fault: Fault,
    expected: type[DeliveryError],
    after: float | None,
    threaded: bool,
) -> None:
    first = await platform.send(HERE, part("first")) if threaded else None
    # aiohttp asks once more by itself, where a kept connection broke and asking does nothing.
    fake.fail(REPLIES if threaded else HISTORY, fault, times=2)
    with pytest.raises(DeliveryError) as raised:
        await platform.find(HERE, "k1", now(), first)
    assert isinstance(raised.value, expected)
    if after is not None:
        assert raised.value.after == after  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("channel", "lacking"),
    [("CDESK", "channels:history"), ("CPRIV", "groups:history"), ("DBOB", "im:history"), ("CSOME", "mpim:history")],
)
async def test_the_right_that_is_missing_is_named(fake: SlackFake, platform: Slack, channel: str, lacking: str) -> None:
    fake.add_channel("CPRIV", private=True)
    fake.add_channel("CSOME", kind="mpim", private=True)
    to, since = Address("slack", channel), now()
    receipt = await platform.send(to, part())
    assert await platform.find(to, "k1", since) == receipt
    assert fake.scopes is not None
    fake.scopes.discard(lacking)
    with pytest.raises(Unknown, match=lacking):
        await platform.find(to, "k1", since)


async def test_channels_that_are_closed_to_the_bot(fake: SlackFake, platform: Slack) -> None:
    since = now()
    await platform.send(HERE, part())
    fake.channels["CDESK"].bot_member = False
    with pytest.raises(Gone):
        await platform.find(HERE, "k1", since)
    fake.channels["CDESK"].private = True
    with pytest.raises(Gone):
        await platform.find(HERE, "k1", since)
    # What is in the archive can still be read.
    fake.add_channel("COLD", archived=True)
    assert await platform.find(Address("slack", "COLD"), "k1", since) is None


async def test_what_cannot_be_looked_for_at_all(fake: SlackFake, platform: Slack, desk: Desk) -> None:
    with pytest.raises(Unknown, match="without a key"):
        await platform.find(HERE, "", now())
    # A message may be posted to a person, but is read only in the conversation with them.
    await platform.send(Address("slack", "UBOB"), part())
    with pytest.raises(Unknown, match="UBOB"):
        await platform.find(Address("slack", "UBOB"), "k1", now())
    assert asked(fake, HISTORY) == 0
    with pytest.raises(Retry, match="not connected"):
        await platform_on(fake, desk).find(HERE, "k1", now())
