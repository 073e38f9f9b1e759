"""The tables of what is posted by itself: subscriptions and watches, their slots, and what is on its way."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from briefings.store.schema.base import BigId, Instant, metadata

# `ran` is the instant from which the next slot is counted, `last_slot` the local time of the latest one; `seen` is the
# last article that its briefings have covered, `seen_at` when that was. `asked` wants one out of turn. Who composes
# holds the row by `claim` until `claimed_until`. A subscription that is `ended` stays, for the account of its slots.
subscription = Table(
    "subscription",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("chat", Text, nullable=False),
    Column("thread", Text),
    Column("name", Text, nullable=False),
    Column("schedule", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("sections", JSON, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made", Instant, nullable=False),
    Column("paused", Text),
    Column("ended", Instant),
    Column("next_slot", String(20)),
    Column("next_due", Instant),
    Column("ran", Instant, nullable=False),
    Column("last_slot", String(20)),
    Column("seen", BigId),
    Column("seen_at", Instant),
    Column("asked", Instant),
    Column("claim", String(40)),
    Column("claimed_until", Instant),
    Index(None, "platform", "chat"),
    Index(None, "next_due"),
    Index(None, "asked", sqlite_where=text("asked IS NOT NULL"), postgresql_where=text("asked IS NOT NULL")),
)

# One row a slot, whatever became of it. `state`: queued, sent, partly, failed, silent, joined (with a later one).
# `after` and `upto` bound the articles that it covers, `begin` and `end` are when these came in; `missed` counts
# earlier slots that it makes up for, from `missed_from` on.
briefing = Table(
    "briefing",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("subscription_id", BigId, ForeignKey("subscription.id", ondelete="CASCADE"), nullable=False),
    Column("slot", String(20), nullable=False),
    Column("due", Instant, nullable=False),
    Column("made", Instant, nullable=False),
    Column("begin", Instant),
    Column("end", Instant, nullable=False),
    Column("after", BigId),
    Column("upto", BigId, nullable=False),
    Column("state", String(10), nullable=False),
    Column("note", Text),
    Column("missed", Integer, nullable=False),
    Column("missed_from", String(20)),
    Column("done", Instant),
    Column("document", Text, nullable=False),
    UniqueConstraint("subscription_id", "slot"),
    Index(None, "made"),
    Index(
        "ix_briefing_queued",
        "subscription_id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
)

# Up to which article the slots due at one instant look: all that are due then see the same ones.
cut = Table(
    "cut",
    metadata,
    Column("due", Instant, primary_key=True),
    Column("upto", BigId, nullable=False),
    Column("made", Instant, nullable=False),
)

# A search that posts what is new. `day` is the local date that `posted` counts for.
watch = Table(
    "watch",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("chat", Text, nullable=False),
    Column("thread", Text),
    Column("query", Text, nullable=False),
    Column("cap", Integer, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made", Instant, nullable=False),
    Column("seen", BigId, nullable=False),
    Column("muted_until", Instant),
    Column("ended", Instant),
    Column("day", String(10)),
    Column("posted", Integer, nullable=False),
    Index(None, "platform", "chat"),
)

# What is to be posted, a row a message. `kind`: briefing, alert, notice. `state`: pending, sending, unknown (may have
# been posted), sent, failed, joined. `holder` is who sends it, `tried` when that began; `repeats` counts how often it
# was sent again though it may have been posted before; `done` is set where nothing more will happen.
delivery = Table(
    "delivery",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", String(40), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("briefing_id", BigId, ForeignKey("briefing.id", ondelete="CASCADE"), index=True),
    Column("watch_id", BigId, ForeignKey("watch.id", ondelete="CASCADE"), index=True),
    Column("platform", String(20), nullable=False),
    Column("chat", Text, nullable=False),
    Column("thread", Text),
    Column("part", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("plain", Text, nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("due", Instant, nullable=False),
    Column("made", Instant, nullable=False),
    Column("holder", String(40)),
    Column("tried", Instant),
    Column("receipt", Text),
    Column("error", Text),
    Column("done", Instant),
    Index(
        "ix_delivery_open", "platform", "due", sqlite_where=text("done IS NULL"), postgresql_where=text("done IS NULL")
    ),
    Index(
        "ix_delivery_open_chat",
        "platform",
        "chat",
        "id",
        sqlite_where=text("done IS NULL"),
        postgresql_where=text("done IS NULL"),
    ),
    Index(None, "made"),
)

# Who does what only one process may do, and until when unless they say so again.
lease = Table(
    "lease",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("holder", String(40), nullable=False),
    Column("until", Instant, nullable=False),
)

# Numbers that only go up (see `briefings.store.tallies`).
tally = Table(
    "tally",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("kind", String(60), primary_key=True),
    Column("count", BigId, nullable=False),
)
