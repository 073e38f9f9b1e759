"""Speakers that editors merge and rename: several keys a speaker, and the corrections made. Articles by extractor."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    speaker_keys()
    corrections()
    op.create_index(op.f("ix_article_extractor"), "article", ["extractor"], unique=False)


def speaker_keys() -> None:
    op.create_table(
        "speaker_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("speaker_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_speaker_key_speaker_id_speaker"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_speaker_key")),
    )
    op.create_index(op.f("ix_speaker_key_speaker_id"), "speaker_key", ["speaker_id"], unique=False)
    op.execute("INSERT INTO speaker_key (key, speaker_id) SELECT key, id FROM speaker")
    # SQLite makes the table anew, which its foreign keys would take for the end of every speaker: migrating runs
    # without them (see briefings.store.engine).
    with op.batch_alter_table("speaker") as batch:
        batch.drop_constraint("uq_speaker_key", type_="unique")
        batch.drop_column("key")


def corrections() -> None:
    op.create_table(
        "correction",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
