"""The tables of the store. Migrations make them; a test holds the two together.

The full-text tables `statement_terms` and `event_terms` differ by database: migrations make them, and
`briefings.store.fulltext` alone reads and writes them.
"""

from briefings.store.schema.base import BigId, Instant, metadata
from briefings.store.schema.chats import audit, button, chat
from briefings.store.schema.outbox import briefing, cut, delivery, lease, subscription, tally, watch
from briefings.store.schema.record import (
    article,
    copy_key,
    correction,
    entry,
    event,
    source,
    speaker,
    speaker_alias,
    speaker_key,
    speaker_word,
    statement,
    story,
    story_term,
)

__all__ = [
    "BigId",
    "Instant",
    "article",
    "audit",
    "briefing",
    "button",
    "chat",
    "copy_key",
    "correction",
    "cut",
    "delivery",
    "entry",
    "event",
    "lease",
    "metadata",
    "source",
    "speaker",
    "speaker_alias",
    "speaker_key",
    "speaker_word",
    "statement",
    "story",
    "story_term",
    "subscription",
    "tally",
    "watch",
]
