"""`/metrics` in Prometheus' text format. The figures are those of the store, so that any process answers for all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from briefings.errors import StoreError
from briefings.store import Store
from briefings.store.state import State, state

_log = logging.getLogger(__name__)


def routes(store: Store, now: Callable[[], datetime]) -> list[Route]:
    """`/metrics` answers 200 with figures, 503 where the record does not answer. They name sources, but no chats."""

    async def answer(_: Request) -> Response:
        try:
            async with store.read() as connection:
                found = await state(connection, now())
        except StoreError as error:
            _log.error("no metrics: %s", error)
            return PlainTextResponse("the record does not answer\n", 503)
        return Response(text_of(found), media_type=CONTENT_TYPE_LATEST)

    return [Route("/metrics", answer)]


def text_of(found: State) -> bytes:
    """The figures as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Fixed(tuple(_families(found))))
    return generate_latest(registry)


class _Fixed(Collector):
    """Hands over figures that were gathered before."""

    def __init__(self, families: tuple[Metric, ...]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _families(found: State) -> Iterator[Metric]:
    yield _gauge("onrecord_due_subscriptions", "Subscriptions that are due and not composed yet.", found.due)
    yield _gauge("onrecord_due_lag_seconds", "How long the one that is due for longest has been so.", found.lag)
    yield _by_state("onrecord_deliveries_open", "Messages that are still to be posted.", found.open)
    yield _gauge("onrecord_delivery_oldest_seconds", "Age of the oldest message that is to be posted.", found.oldest)
    yield _by_state("onrecord_deliveries_settled", "Messages of the last day, by what became of them.", found.settled)
    yield _counter("onrecord_posts", "Messages posted.", "posts", ("platform", "kind"), found)
    errors = "What platforms answered in place of a receipt, by the decision that it stands for."
    yield _counter("onrecord_platform_errors", errors, "platform_errors", ("platform", "error"), found)
    yield _gauge("onrecord_articles", "Articles on record.", found.articles)
    yield _gauge("onrecord_statements", "Statements on record.", found.statements)
    yield from _sources(found)


def _gauge(name: str, about: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, about)
    family.add_metric((), value)
    return family


def _by_state(name: str, about: str, counts: Mapping[tuple[str, str], int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=("platform", "state"))
    for labels, count in sorted(counts.items()):
        family.add_metric(labels, count)
    return family


def _counter(name: str, about: str, counted: str, labels: tuple[str, str], found: State) -> Metric:
    """A counter whose kinds are two words, one a label."""
    family = CounterMetricFamily(name, about, labels=labels)
    for (of, kind), count in sorted(found.counts.items()):
        if of == counted:
            first, _, second = kind.partition(" ")
            family.add_metric((first, second), count)
    return family


def _sources(found: State) -> Iterator[Metric]:
    read = GaugeMetricFamily(
        "onrecord_source_read_seconds", "What the latest pass of a source took.", labels=("source",)
    )
    extract = GaugeMetricFamily(
        "onrecord_source_extract_seconds", "What finding statements and events took of it.", labels=("source",)
    )
    failed = GaugeMetricFamily(
        "onrecord_source_failed", "Whether the latest pass of a source failed.", labels=("source",)
    )
    # By name, which several sources may have: a figure stands once for each set of labels.
    for name, seconds, extracting, fault in {each[0]: each for each in found.sources}.values():
        failed.add_metric((name,), float(fault))
        if seconds is not None:
            read.add_metric((name,), seconds)
        if extracting is not None:
            extract.add_metric((name,), extracting)
    yield from (read, extract, failed)
