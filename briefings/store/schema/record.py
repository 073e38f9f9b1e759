"""The tables of the record itself: articles, and what was found in them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from briefings.store.schema.base import BigId, Instant, metadata

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
    # Of the latest pass, in seconds: in all, and what reading the articles took of it.
    Column("read_seconds", Float),
    Column("extract_seconds", Float),
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
