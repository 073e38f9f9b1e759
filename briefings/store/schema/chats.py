"""The tables of the chats, and of what was asked and changed from them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, Text

from briefings.store.schema.base import BigId, Instant, metadata

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
