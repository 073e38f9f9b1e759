"""What monitoring is told: Prometheus' own parser reads it, and the figures are those of the store."""

from __future__ import annotations

from datetime import timedelta

import httpx
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from bot import metrics, web
from briefings.model import Address
from briefings.store import Store, deliveries, sources, subscriptions, tallies
from briefings.store.schema import subscription
from briefings.subscription import parse
from tests.conftest import NOW
from tests.records import Said, Told, put
from tests.test_digest import Plain

DESK = Address("telegram", "-100")


async def figures(store: Store) -> dict[tuple[str, tuple[str, ...]], float]:
    async with (
        web.serving(metrics.routes(store, lambda: NOW), "127.0.0.1", 0) as address,
        httpx.AsyncClient() as client,
    ):
        answer = await client.get(f"{address}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_an_empty_store_has_figures_too(store: Store) -> None:
    found = await figures(store)
    assert found["onrecord_due_subscriptions", ()] == 0
    assert found["onrecord_due_lag_seconds", ()] == 0


async def test_the_figures_are_those_of_the_store(store: Store) -> None:
    [article] = await put(store, Told([Said("Ann Bell", "that it rains")], outlet='Odd "Wire"\n'))
    async with store.write() as connection:
        await subscriptions.add(connection, DESK, parse("daily 08:00", "UTC", NOW), "x", NOW)
        due = NOW - timedelta(seconds=90)
        await connection.execute(update(subscription).values(next_due=due))
        await deliveries.add(connection, "alert", DESK, [Plain("a", "a"), Plain("b", "b")], due)
        await tallies.count(connection, "platform_errors", "telegram Retry")
        await tallies.count(connection, "posts", "telegram briefing")
        states = await sources.states(connection)
        await sources.mark_read(connection, states[0].id, NOW, 2.5, 1.5)
    found = await figures(store)
    assert article
    assert found["onrecord_due_subscriptions", ()] == 1
    assert found["onrecord_due_lag_seconds", ()] == 90
    assert found["onrecord_deliveries_open", ("telegram", "pending")] == 2
    assert found["onrecord_delivery_oldest_seconds", ()] == 90
    assert found["onrecord_platform_errors_total", ("Retry", "telegram")] == 1
    assert found["onrecord_posts_total", ("briefing", "telegram")] == 1
    assert found["onrecord_statements", ()] == 1
    name = states[0].name
    assert found["onrecord_source_read_seconds", (name,)] == 2.5
    assert found["onrecord_source_extract_seconds", (name,)] == 1.5
    assert found["onrecord_source_failed", (name,)] == 0
