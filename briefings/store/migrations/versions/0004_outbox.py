"""What is posted by itself: subscriptions and watches, slots and deliveries; leases, counts, and times of sources."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    subscription()
    briefing()
    cut()
    watch()
    delivery()
    lease()
    tally()
    op.add_column("source", sa.Column("read_seconds", sa.Float(), nullable=True))
    op.add_column("source", sa.Column("extract_seconds", sa.Float(), nullable=True))


def subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made", INSTANT, nullable=False),
        sa.Column("paused", sa.Text(), nullable=True),
        sa.Column("ended", INSTANT, nullable=True),
        sa.Column("next_slot", sa.String(length=20), nullable=True),
        sa.Column("next_due", INSTANT, nullable=True),
        sa.Column("ran", INSTANT, nullable=False),
        sa.Column("last_slot", sa.String(length=20), nullable=True),
        sa.Column("seen", BIG_ID, nullable=True),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.Column("asked", INSTANT, nullable=True),
        sa.Column("claim", sa.String(length=40), nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    op.create_index(
        op.f("ix_subscription_asked"),
        "subscription",
        ["asked"],
        unique=False,
        sqlite_where=sa.text("asked IS NOT NULL"),
        postgresql_where=sa.text("asked IS NOT NULL"),
    )
    op.create_index(op.f("ix_subscription_next_due"), "subscription", ["next_due"], unique=False)
    op.create_index(op.f("ix_subscription_platform_chat"), "subscription", ["platform", "chat"], unique=False)


def briefing() -> None:
    op.create_table(
        "briefing",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subscription_id", BIG_ID, nullable=False),
        sa.Column("slot", sa.String(length=20), nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("made", INSTANT, nullable=False),
        sa.Column("begin", INSTANT, nullable=True),
        sa.Column("end", INSTANT, nullable=False),
        sa.Column("after", BIG_ID, nullable=True),
        sa.Column("upto", BIG_ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("missed_from", sa.String(length=20), nullable=True),
        sa.Column("done", INSTANT, nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_briefing_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing")),
        sa.UniqueConstraint("subscription_id", "slot", name=op.f("uq_briefing_subscription_id_slot")),
    )
    op.create_index(op.f("ix_briefing_made"), "briefing", ["made"], unique=False)
    op.create_index(
        "ix_briefing_queued",
        "briefing",
        ["subscription_id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )


def cut() -> None:
    op.create_table(
        "cut",
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("upto", BIG_ID, nullable=False),
        sa.Column("made", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("due", name=op.f("pk_cut")),
    )


def watch() -> None:
    op.create_table(
        "watch",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made", INSTANT, nullable=False),
        sa.Column("seen", BIG_ID, nullable=False),
        sa.Column("muted_until", INSTANT, nullable=True),
        sa.Column("ended", INSTANT, nullable=True),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("posted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )
    op.create_index(op.f("ix_watch_platform_chat"), "watch", ["platform", "chat"], unique=False)


def delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("briefing_id", BIG_ID, nullable=True),
        sa.Column("watch_id", BIG_ID, nullable=True),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("made", INSTANT, nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=True),
        sa.Column("tried", INSTANT, nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("done", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefing.id"], name=op.f("fk_delivery_briefing_id_briefing"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watch.id"], name=op.f("fk_delivery_watch_id_watch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
    )
    op.create_index(op.f("ix_delivery_briefing_id"), "delivery", ["briefing_id"], unique=False)
    op.create_index(op.f("ix_delivery_made"), "delivery", ["made"], unique=False)
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["platform", "due"],
        unique=False,
        sqlite_where=sa.text("done IS NULL"),
        postgresql_where=sa.text("done IS NULL"),
    )
    op.create_index(
        "ix_delivery_open_chat",
        "delivery",
        ["platform", "chat", "id"],
        unique=False,
        sqlite_where=sa.text("done IS NULL"),
        postgresql_where=sa.text("done IS NULL"),
    )
    op.create_index(op.f("ix_delivery_watch_id"), "delivery", ["watch_id"], unique=False)


def lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def tally() -> None:
    op.create_table(
        "tally",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("count", BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint("name", "kind", name=op.f("pk_tally")),
    )
