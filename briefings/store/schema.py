"""The tables of the record. Migrations make them; a test holds the two together.

The full-text tables `statement_terms` and `event_terms` differ by database: migrations make them, and
`briefings.store.fulltext` alone reads and writes them.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column of type INTEGER, which holds 64 bits there.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


source = Table(
    "source",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False, unique=True),
    Column("added", Instant, nullable=False),
    Column("read", Instant),
    Column("error", Text),
)

article = Table(
    "article",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("identity", Text, nullable=False, unique=True),
    Column("source_id", BigId, ForeignKey("source.id"), nullable=False),
    Column("outlet", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published", Instant, nullable=False, index=True),
    Column("published_precision", String(10), nullable=False),
    Column("fetched", Instant, nullable=False),
    Column("url", Text),
    Column("byline", Text),
    Column("language", Text),
    Column("external_id", Text),
    Column("extractor", Text, nullable=False, index=True),
    Index(None, "source_id", "published"),
)

speaker = Table(
    "speaker",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(20), nullable=False),
)

# Whom a name stands for, by what its spellings share (`briefings.extract.names.name_key`). An editor may give one
# speaker several keys; articles to come are filed by them.
speaker_key = Table(
    "speaker_key",
    metadata,
    Column("key", Text, primary_key=True),
    Column("speaker_id", BigId, ForeignKey("speaker.id", ondelete="CASCADE"), nullable=False, index=True),
)

speaker_alias = Table(
    "speaker_alias",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("speaker_id", BigId, ForeignKey("speaker.id", ondelete="CASCADE"), nullable=False),
    Column("alias", Text, nullable=False),
    UniqueConstraint("speaker_id", "alias"),
)

# The words of every name and alias: how `by:` and `/speaker` find people.
speaker_word = Table(
    "speaker_word",
    metadata,
    Column("word", Text, primary_key=True),
    Column("speaker_id", BigId, ForeignKey("speaker.id", ondelete="CASCADE"), primary_key=True, index=True),
)

statement = Table(
    "statement",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("article_id", BigId, ForeignKey("article.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("speaker_id", BigId, ForeignKey("speaker.id")),
    Column("role", Text),
    Column("source_text", Text, nullable=False),
    Column("source_spans", JSON, nullable=False),
    Column("cue_text", Text, nullable=False),
    Column("cue_spans", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("spans", JSON, nullable=False),
    Column("context_begin", Integer, nullable=False),
    Column("context_end", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("act", String(20), nullable=False),
    Column("hedges", JSON, nullable=False),
    Column("venue", Text),
    Column("said_on", Date),
    Index(None, "speaker_id", "id"),
)

event = Table(
    "event",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("article_id", BigId, ForeignKey("article.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("span", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("type", String(20), nullable=False),
    Column("who", JSON, nullable=False),
    Column("whom", JSON, nullable=False),
    Column("where", JSON, nullable=False),
    Column("when_text", Text),
    Column("when_first", Date),
    Column("when_last", Date),
    Column("when_precision", String(10)),
    Column("when_open", Boolean, nullable=False),
    Column("numbers", JSON, nullable=False),
    Column("hedges", JSON, nullable=False),
    Column("account", Text),
)

# What editors set right: "merge" and "rename", with the speaker's name before and after.
correction = Table(
    "correction",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("made", Instant, nullable=False),
    Column("what", String(20), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)

# Chats that asked or were spoken of. `allowed` is None until somebody decides; `closed` says why nothing can be posted.
chat = Table(
    "chat",
    metadata,
    Column("platform", String(20), primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("allowed", Boolean),
    Column("zone", Text),
    Column("closed", Text),
    Column("seen", Instant, nullable=False),
)

# Command lines that buttons stand for: platforms give a button less room than a query takes.
button = Table(
    "button",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("line", Text, nullable=False),
    Column("made", Instant, nullable=False, index=True),
)

# Every change that somebody made from a chat: who ("telegram:7"), in which chat, what, and to what.
audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("made", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("what", String(30), nullable=False),
    Column("detail", Text, nullable=False),
)
