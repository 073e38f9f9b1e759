"""The tables of the record itself: articles, and what was found in them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
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
    false,
    text,
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
    # "once" (taken in by hand), "polled", "paused", "retired" (gone for good) or "removed" (only its articles stay).
    Column("status", String(10), nullable=False, server_default="once"),
    Column("host", Text),
    Column("selector", Text),
    Column("note", Text),
    # What is published before is an archive, and is not taken in; what the first polls bring posts no alert.
    Column("oldest", Instant),
    Column("caught_up", Instant),
    Column("next_poll", Instant),
    # Seconds between two polls, as the place's own rhythm has it.
    Column("interval", Integer),
    Column("claim", String(40)),
    Column("claimed_until", Instant),
    # What the last answer was known by, for asking whether there is another.
    Column("etag", Text),
    Column("modified", Text),
    Column("body_hash", String(64)),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", Instant),
    # When something new last came in.
    Column("news", Instant),
    # Where it was sent on to for good, and how often in a row.
    Column("moved", Text),
    Column("moves", Integer, nullable=False, server_default="0"),
    Index(
        "ix_source_polled",
        "next_poll",
        sqlite_where=text("status = 'polled'"),
        postgresql_where=text("status = 'polled'"),
    ),
)

# What a polled place listed: so that nothing is fetched twice, and an edit is noticed.
entry = Table(
    "entry",
    metadata,
    Column("source_id", BigId, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
    # A hash of what the place knows it by.
    Column("key", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("article_id", BigId, ForeignKey("article.id", ondelete="SET NULL"), index=True),
    Column("tries", Integer, nullable=False),
    Column("seen", Instant, nullable=False),
)

# Articles on one happening.
story = Table(
    "story",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("begun", Instant, nullable=False),
    Column("latest", Instant, nullable=False, index=True),
    Column("features", JSON, nullable=False),
)

# What a story is looked up by.
story_term = Table(
    "story_term",
    metadata,
    Column("term", Text, primary_key=True),
    Column("story_id", BigId, ForeignKey("story.id", ondelete="CASCADE"), primary_key=True, index=True),
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
    # The text is what a feed told of it, not the article's own.
    Column("partial", Boolean, nullable=False, server_default=false()),
    # Came with a new source: no news to anybody.
    Column("backlog", Boolean, nullable=False, server_default=false()),
    # An earlier wording stays, with the statements that are gone from the present one, which `replaces` it.
    Column("superseded", Instant),
    Column("replaces", BigId, ForeignKey("article.id", ondelete="SET NULL"), index=True),
    # The article of which this is a near-copy.
    Column("origin_id", BigId, ForeignKey("article.id", ondelete="SET NULL"), index=True),
    Column("story_id", BigId, ForeignKey("story.id", ondelete="SET NULL"), index=True),
    Index(None, "source_id", "published"),
)

# What near-copies of an article are looked up by.
copy_key = Table(
    "copy_key",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", BigId, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, index=True),
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
    # The article with which it came in: an earlier wording, where the present one only says it again.
    Column("intake", BigId, nullable=False, server_default="0", index=True),
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
    # The article with which it came in: an earlier wording, where the present one only says it again.
    Column("intake", BigId, nullable=False, server_default="0", index=True),
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
