"""Sources that are polled, what they listed, wordings and near-copies of articles, and stories."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    story()
    article()
    copy_key()
    source()
    entry()
    intake()
    identities()


def story() -> None:
    op.create_table(
        "story",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("begun", INSTANT, nullable=False),
        sa.Column("latest", INSTANT, nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
    )
    op.create_index(op.f("ix_story_latest"), "story", ["latest"], unique=False)
    op.create_table(
        "story_term",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("story_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_story_term_story_id_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("term", "story_id", name=op.f("pk_story_term")),
    )
    op.create_index(op.f("ix_story_term_story_id"), "story_term", ["story_id"], unique=False)


def article() -> None:
    op.add_column("article", sa.Column("partial", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("article", sa.Column("backlog", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("article", sa.Column("superseded", INSTANT, nullable=True))
    for column, refers in (("replaces", "article"), ("origin_id", "article"), ("story_id", "story")):
        name = f"fk_article_{column}_{refers}"
        # Alembic knows no way to add a reference on SQLite; SQLite does.
        kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
        op.execute(
            f"ALTER TABLE article ADD COLUMN {column} {kind} "
            f"CONSTRAINT {name} REFERENCES {refers} (id) ON DELETE SET NULL"
        )
        op.create_index(op.f(f"ix_article_{column}"), "article", [column], unique=False)


def copy_key() -> None:
    op.create_table(
        "copy_key",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("article_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_copy_key_article_id_article"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "article_id", name=op.f("pk_copy_key")),
    )
    op.create_index(op.f("ix_copy_key_article_id"), "copy_key", ["article_id"], unique=False)


def source() -> None:
    for column in (
        sa.Column("status", sa.String(length=10), nullable=False, server_default="once"),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("selector", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("oldest", INSTANT, nullable=True),
        sa.Column("caught_up", INSTANT, nullable=True),
        sa.Column("next_poll", INSTANT, nullable=True),
        sa.Column("interval", sa.Integer(), nullable=True),
        sa.Column("claim", sa.String(length=40), nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failing_since", INSTANT, nullable=True),
        sa.Column("news", INSTANT, nullable=True),
        sa.Column("moved", sa.Text(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("source", column)
    op.create_index(
        "ix_source_polled",
        "source",
        ["next_poll"],
        unique=False,
        sqlite_where=sa.text("status = 'polled'"),
        postgresql_where=sa.text("status = 'polled'"),
    )


def entry() -> None:
    op.create_table(
        "entry",
        sa.Column("source_id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("article_id", BIG_ID, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("seen", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_entry_article_id_article"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_entry_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "key", name=op.f("pk_entry")),
    )
    op.create_index(op.f("ix_entry_article_id"), "entry", ["article_id"], unique=False)


def intake() -> None:
    for noun in ("statement", "event"):
        op.add_column(noun, sa.Column("intake", BIG_ID, nullable=False, server_default="0"))
        rows = sa.table(noun, sa.column("intake"), sa.column("article_id"))
        op.execute(sa.update(rows).values(intake=rows.c.article_id))
        op.create_index(op.f(f"ix_{noun}_intake"), noun, ["intake"], unique=False)


def identities() -> None:
    """An article is known by its folded address now; of two that are one by it, the second keeps its old identity."""
    found = op.get_bind().execute(sa.text("SELECT id, url FROM article WHERE url IS NOT NULL ORDER BY id")).all()
    taken: set[str] = set()
    for row in found:
        identity = of_address(row.url)
        if identity not in taken:
            taken.add(identity)
            changed = sa.text("UPDATE article SET identity = :identity WHERE id = :id")
            op.get_bind().execute(changed, {"identity": identity, "id": row.id})


def of_address(url: str) -> str:
    from hashlib import sha256

    from briefings.addresses import folded

    return sha256(f"url\0{folded(url)}".encode()).hexdigest()
