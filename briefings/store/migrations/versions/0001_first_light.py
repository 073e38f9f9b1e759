"""The record: sources, articles, speakers, statements, events, and their full text."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    sources_and_articles()
    speakers()
    statements_and_events()
    for noun in ("statement", "event"):
        full_text(noun)


def sources_and_articles() -> None:
    op.create_table(
        "source",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("address", name=op.f("uq_source_address")),
    )
    op.create_table(
        "article",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("source_id", BIG_ID, nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_precision", sa.String(length=10), nullable=False),
        sa.Column("fetched", sa.DateTime(timezone=True), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("byline", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_article_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("identity", name=op.f("uq_article_identity")),
    )
    op.create_index(op.f("ix_article_published"), "article", ["published"], unique=False)
    op.create_index(op.f("ix_article_source_id_published"), "article", ["source_id", "published"], unique=False)


def speakers() -> None:
    op.create_table(
        "speaker",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker")),
        sa.UniqueConstraint("key", name=op.f("uq_speaker_key")),
    )
    op.create_table(
        "speaker_alias",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("speaker_id", BIG_ID, nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_speaker_alias_speaker_id_speaker"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_alias")),
        sa.UniqueConstraint("speaker_id", "alias", name=op.f("uq_speaker_alias_speaker_id_alias")),
    )
    op.create_table(
        "speaker_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("speaker_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_speaker_word_speaker_id_speaker"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "speaker_id", name=op.f("pk_speaker_word")),
    )
    op.create_index(op.f("ix_speaker_word_speaker_id"), "speaker_word", ["speaker_id"], unique=False)


def statements_and_events() -> None:
    op.create_table(
        "statement",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("article_id", BIG_ID, nullable=False),
        sa.Column("speaker_id", BIG_ID, nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("source_spans", sa.JSON(), nullable=False),
        sa.Column("cue_text", sa.Text(), nullable=False),
        sa.Column("cue_spans", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("context_begin", sa.Integer(), nullable=False),
        sa.Column("context_end", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("hedges", sa.JSON(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_statement_article_id_article"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["speaker_id"], ["speaker.id"], name=op.f("fk_statement_speaker_id_speaker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index(op.f("ix_statement_article_id"), "statement", ["article_id"], unique=False)
    op.create_index(op.f("ix_statement_speaker_id_id"), "statement", ["speaker_id", "id"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("article_id", BIG_ID, nullable=False),
        sa.Column("span", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("who", sa.JSON(), nullable=False),
        sa.Column("whom", sa.JSON(), nullable=False),
        sa.Column("where", sa.JSON(), nullable=False),
        sa.Column("when_text", sa.Text(), nullable=True),
        sa.Column("when_first", sa.Date(), nullable=True),
        sa.Column("when_last", sa.Date(), nullable=True),
        sa.Column("when_precision", sa.String(length=10), nullable=True),
        sa.Column("when_open", sa.Boolean(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("hedges", sa.JSON(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_event_article_id_article"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_article_id"), "event", ["article_id"], unique=False)


def full_text(noun: str) -> None:
    """FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL; see briefings.store.fulltext."""
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            f"CREATE VIRTUAL TABLE {noun}_terms USING fts5("
            "body, speaker, place, outlet, tokenize = 'ascii', columnsize = 0)"
        )
        return
    op.execute(
        f"CREATE TABLE {noun}_terms (id BIGINT NOT NULL, terms TSVECTOR NOT NULL, "
        f"CONSTRAINT pk_{noun}_terms PRIMARY KEY (id), "
        f"CONSTRAINT fk_{noun}_terms_id_{noun} FOREIGN KEY (id) REFERENCES {noun} (id) ON DELETE CASCADE)"
    )
    op.execute(f"CREATE INDEX ix_{noun}_terms_terms ON {noun}_terms USING gin (terms)")
