"""The desk: who is answered, how often, and what they may change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.access import Access, Asker
from bot.desk import Desk
from bot.intake import first_link
from bot.limits import MAX_PEOPLE, Limiter
from bot.memory import ButtonMemory
from briefings.errors import StoreError
from briefings.model import Address
from briefings.store import Store, audits, chats
from briefings.store.buttons import button_id
from tests.conftest import NOW
from tests.records import Said, Told, put

GROUP = Address("telegram", "-100123")
STRANGER = Asker(GROUP, "8")
OWNER = Asker(GROUP, "7")
ADMIN_ASKED: list[bool] = []


def desk_on(store: Store, *, allowed: tuple[str, ...] = (), limiter: Limiter | None = None) -> Desk:
    access = Access(store, frozenset({"telegram:7"}), frozenset(allowed))
    return Desk(store, access, limiter or Limiter(6_000, 1_000), ZoneInfo("UTC"), lambda: NOW)


async def yes() -> bool:
    return True


@pytest.fixture
def desk(sqlite_store: Store) -> Desk:
    return desk_on(sqlite_store)


async def test_an_unknown_chat_is_told_its_id_and_how_to_be_let_in(desk: Desk) -> None:
    reply = await desk.answer("/help", STRANGER)
    assert reply.data["error"] == "unknown chat"
    assert "telegram:-100123" in reply.document.summary
    assert reply.document.summary.endswith("/allow telegram:-100123")


async def test_an_owner_lets_a_chat_in_and_out_and_it_is_on_record(desk: Desk) -> None:
    assert "commands" in (await desk.answer("/help", OWNER)).data  # an owner is answered anywhere
    assert (await desk.answer("/allow", OWNER)).data["on"]
    assert "commands" in (await desk.answer("/help", STRANGER)).data
    topic = replace(STRANGER, chat=replace(GROUP, thread="5"))
    assert "commands" in (await desk.answer("/help", topic)).data
    assert not (await desk.answer("/allow telegram:-100123 off", OWNER)).data["on"]
    assert (await desk.answer("/help", STRANGER)).data["error"] == "unknown chat"
    async with desk.store.read() as connection:
        made = await audits.made(connection)
    assert [(each.who, each.what, each.detail) for each in made] == [
        ("telegram:7", "allow", "telegram:-100123 off"),
        ("telegram:7", "allow", "telegram:-100123 on"),
    ]


async def test_nobody_but_an_owner_lets_chats_in(desk: Desk) -> None:
    allowed = desk_on(desk.store, allowed=("telegram:-100123",))
    for asker in (STRANGER, replace(STRANGER, admin=yes)):
        reply = await allowed.answer("/allow telegram:-5", asker)
        assert "only an owner" in reply.data["error"]
    async with desk.store.read() as connection:
        assert await chats.get(connection, Address("telegram", "-5")) is None
        assert await audits.made(connection) == []


async def test_a_member_of_a_workspace_is_answered_and_a_guest_from_elsewhere_is_not(desk: Desk) -> None:
    channel = Address("slack", "C1")
    assert "commands" in (await desk.answer("/help", Asker(channel, "U1", member=True))).data
    assert "error" in (await desk.answer("/help", Asker(channel, "U2"))).data
    await desk.answer("/allow slack:C1 off", OWNER)
    assert "error" in (await desk.answer("/help", Asker(channel, "U1", member=True))).data


async def test_an_admin_sets_the_time_zone_of_a_chat_and_nobody_else(desk: Desk) -> None:
    await desk.answer("/allow", OWNER)
    refused = await desk.answer("/settings zone Kyiv", STRANGER)
    assert "only an admin" in refused.data["error"]
    admin = replace(STRANGER, admin=yes)
    assert (await desk.answer("/settings zone kyiv", admin)).data["zone"] == "Europe/Kyiv"
    assert (await desk.answer("/settings", STRANGER)).data["zone"] == "Europe/Kyiv"
    assert "error" in (await desk.answer("/settings zone Atlantis", admin)).data
    assert "error" in (await desk.answer("/settings volume 11", admin)).data


async def test_the_asker_s_own_zone_counts_where_the_chat_has_none(desk: Desk) -> None:
    asker = replace(OWNER, zone=ZoneInfo("Asia/Tokyo"))
    assert (await desk.answer("/settings", asker)).data["zone"] == "Asia/Tokyo"


async def test_one_person_cannot_starve_others(sqlite_store: Store) -> None:
    time = [0.0]
    desk = desk_on(sqlite_store, allowed=("telegram:-100123",), limiter=Limiter(6, 3, lambda: time[0]))
    answers = [(await desk.answer("/help", STRANGER)).data for _ in range(5)]
    assert [data.get("error") for data in answers] == [None, None, None, "slow", "slow"]
    assert (await desk.answer("/help", replace(STRANGER, user="9"))).data.get("error") is None
    time[0] += 10
    assert (await desk.answer("/help", STRANGER)).data.get("error") is None
    assert (await desk.answer("/help", STRANGER)).data["error"] == "slow"


def test_a_limiter_forgets_the_longest_silent() -> None:
    limiter = Limiter(1, 1, lambda: 0.0)
    for person in range(MAX_PEOPLE + 5):
        assert limiter.wait(str(person)) == 0
    assert limiter.wait("0") == 0
    assert limiter.wait(str(MAX_PEOPLE)) > 0


async def test_a_button_stands_for_its_line_and_an_old_one_says_so(desk: Desk) -> None:
    desk.buttons.keep(["/help who-said", "/help who-said"])
    assert (await desk.pressed(button_id("/help who-said"), OWNER)).data["commands"][0]["name"] == "who-said"
    assert (await desk.pressed("nonsense", OWNER)).data["error"] == "old"
    await desk.close()
    another = desk_on(desk.store)  # after a restart
    assert "commands" in (await another.pressed(button_id("/help who-said"), OWNER)).data


async def test_a_fault_is_one_polite_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(error: Exception) -> Callable[..., object]:
        async def work(*_: object) -> object:
            raise error

        return work

    for error, word in ((StoreError("gone"), "store"), (RuntimeError("bug"), "fault")):
        monkeypatch.setattr("handlers.registry.answer", failing(error))
        reply = await desk.answer("/help", OWNER)
        assert reply.data["error"] == word
        assert "gone" not in reply.document.summary


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("who said negotiations?", "/who-said negotiations"),
        ("Who said: talks", "/who-said talks"),
        ("timeline Kursk", "/timeline Kursk"),
        ("briefing", "/briefing"),
        ("briefings everywhere", "/who-said briefings everywhere"),
        ("help", "/help"),
        ("negotiations", "/who-said negotiations"),
        ("settings", "/settings"),
        ("watch?", "/watch"),
        ("watchdog report", "/who-said watchdog report"),
        ("/who-said x?", "/who-said x?"),
        ("  ", "/help"),
    ],
)
async def test_plain_words_are_commands(words: str, line: str) -> None:
    from handlers import registry

    assert registry.spoken(words) == line


async def test_a_chat_that_moves_keeps_what_was_decided(desk: Desk) -> None:
    await desk.answer("/allow", OWNER)
    await desk.moved(GROUP, "-200")
    assert "commands" in (await desk.answer("/help", Asker(Address("telegram", "-200"), "8"))).data
    assert (await desk.answer("/help", STRANGER)).data["error"] == "unknown chat"
    await desk.closed(Address("telegram", "-200"), "kicked")
    async with desk.store.read() as connection:
        known = await chats.get(connection, Address("telegram", "-200"))
    assert known is not None
    assert (known.allowed, known.closed) == (True, "kicked")


async def test_a_statement_is_shown_in_its_paragraph(desk: Desk) -> None:
    await put(desk.store, Told([Said("Ann Smith", "that talks failed", "said")], []))
    reply = await desk.answer("/who-said talks", OWNER)
    id = reply.data["statements"][0]["id"]
    context = await desk.answer(f"/context {id}", OWNER)
    assert "that talks failed" in context.data["paragraph"]
    strong = [
        run.text
        for block in context.document.blocks
        for run in getattr(block, "runs", ())
        if getattr(run, "style", "") == "strong"
    ]
    assert strong == ["that talks failed"]
    for bad in ("/context zz!", "/context 1", "/context"):
        assert "error" in (await desk.answer(bad, OWNER)).data


@pytest.mark.parametrize(
    "line", ["/allow @maria", "/allow https://t.me/x", "/allow telgram:-100", "/allow slack:general"]
)
async def test_only_ids_are_let_in(desk: Desk, line: str) -> None:
    assert "no id of a chat" in (await desk.answer(line, OWNER)).data["error"]
    async with desk.store.read() as connection:
        assert await audits.made(connection) == []


@pytest.mark.parametrize(
    ("words", "example"),
    [
        ("allow refugees", "/allow"),
        ("watch the Kursk front?", "/watch "),
        ("Settings zone Kyiv", "/settings zone "),
        ("subscribe daily 08:00", "/subscribe "),
    ],
)
async def test_plain_words_change_nothing(desk: Desk, words: str, example: str) -> None:
    reply = await desk.hear(words, OWNER)
    assert reply.data["error"] == "to change something, write it with a slash"
    assert reply.data["usage"].startswith(example)
    async with desk.store.read() as connection:
        assert await audits.made(connection) == []


async def test_plain_words_that_change_something_are_refused_as_any(desk: Desk) -> None:
    assert (await desk.hear("watch Kursk", STRANGER)).data["error"] == "unknown chat"


async def test_a_flood_is_told_to_wait_before_anything_is_looked_up(sqlite_store: Store) -> None:
    desk = desk_on(sqlite_store, limiter=Limiter(1, 1, lambda: 0.0))
    assert (await desk.answer("/help", STRANGER)).data["error"] == "unknown chat"
    assert (await desk.answer("/help", STRANGER)).data["error"] == "slow"
    assert (await desk.answer("/help", STRANGER, limited=False)).data["error"] == "unknown chat"


async def test_a_chat_that_is_reached_again_is_open(desk: Desk) -> None:
    await desk.closed(GROUP, "kicked")
    await desk.reached(GROUP)
    async with desk.store.read() as connection:
        known = await chats.get(connection, GROUP)
    assert known is not None
    assert known.closed is None


async def test_a_chat_that_moves_keeps_what_was_set_whoever_comes_first(desk: Desk) -> None:
    await desk.answer("/allow", OWNER)
    await desk.answer("/settings zone Kyiv", OWNER)
    await desk.closed(Address("telegram", "-200"), None, "Desk")
    await desk.moved(GROUP, "-200")
    async with desk.store.read() as connection:
        known = await chats.get(connection, Address("telegram", "-200"))
    assert known is not None
    assert (known.allowed, known.zone, known.title) == (True, "Europe/Kyiv", "Desk")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://a.example/x.", "https://a.example/x"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://en.example/Kursk_(disambiguation)", "https://en.example/Kursk_(disambiguation)"),
        ("(https://en.example/Kursk_(disambiguation)).", "https://en.example/Kursk_(disambiguation)"),
        ("https://a.example/x，next", "https://a.example/x，next"),
        ("https://a.example/x…", "https://a.example/x"),
        ("no link", None),
    ],
)
def test_a_link_ends_where_the_sentence_goes_on(text: str, link: str | None) -> None:
    assert first_link(text) == link


async def test_buttons_of_long_ago_are_forgotten(sqlite_store: Store) -> None:
    times = [NOW - timedelta(days=400)]
    memory = ButtonMemory(sqlite_store, lambda: times[0])
    memory.keep(["/help"])
    await memory.close()
    times[0] = NOW
    later = ButtonMemory(sqlite_store, lambda: times[0])
    later.keep(["/briefing"])
    await later.close()
    fresh = ButtonMemory(sqlite_store, lambda: NOW)
    assert await fresh.line_of(button_id("/help")) is None
    assert await fresh.line_of(button_id("/briefing")) == "/briefing"
