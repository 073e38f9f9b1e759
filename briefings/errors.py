"""Every error of On Record, each with a message that says what to do.

OnRecordError
├── SettingsError         a setting is missing or malformed
├── InputError            what was given cannot be taken in
│   ├── NotFound            no such file or address
│   ├── Unreadable          found, but no article can be read from it
│   └── FetchError          the network said no; `retry_after`, `status` where the host gave them
├── QueryError            a query or command that does not parse; `usage` shows the right form
│   └── NotPermitted        a command that whoever asked may not give
├── StoreError            the store cannot be reached, read or written
│   ├── StoreBusy           locked by another process; the same call may succeed later
│   ├── StoreConflict       two writers met; nothing was written, trying again succeeds
│   └── StoreOutdated       the schema is older or newer than this program
├── ExtractorError        the extractor cannot run, its model is missing, say
└── DeliveryError         a platform did not take a message; the class is the decision
    ├── Retry               not posted; try again after `after` seconds
    ├── Moved               the chat has a new address, `to`; store it and send again
    ├── Gone                the chat is closed to the bot; pause, keep, tell the owner
    ├── BadMessage          the platform refused the markup or the length; send plain text
    └── Unknown             may have been posted; settle before sending again

Messages are shown to people as they are: one line, plain words, no secrets, no traceback.
"""

from __future__ import annotations


class OnRecordError(Exception):
    """Root of the tree. `str(error)` is one line for the person who can act."""

    def __str__(self) -> str:
        return " ".join(super().__str__().split())


class SettingsError(OnRecordError):
    """A setting is missing or malformed; the message names it."""


class InputError(OnRecordError):
    """What was given cannot be taken in."""


class NotFound(InputError):
    """There is no such file or address."""


class Unreadable(InputError):
    """Something is there, but no article can be read from it."""


class FetchError(InputError):
    """An address could not be fetched.

    Args:
        message: what happened, with the address.
        retry_after: seconds the host asked to wait, when it did.
        status: the HTTP status, when there was one other than success; 410 means gone for good.
    """

    def __init__(self, message: str, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status


class QueryError(OnRecordError):
    """A query or a command that does not parse.

    Args:
        message: what is wrong, naming the word.
        usage: an example of the right form, when one helps.
    """

    def __init__(self, message: str, usage: str | None = None) -> None:
        super().__init__(message)
        self.usage = usage


class NotPermitted(QueryError):
    """Whoever asked may not do this; the message says who may."""


class StoreError(OnRecordError):
    """The store cannot be reached, read or written."""


class StoreBusy(StoreError):
    """Another process holds the store; nothing was written, the same call may succeed later."""


class StoreConflict(StoreError):
    """Two writers wanted the same row at once and this one gave way; nothing was written. Trying again succeeds."""


class StoreOutdated(StoreError):
    """The schema is not the one this program was written for."""


class ExtractorError(OnRecordError):
    """The extractor cannot run."""


class DeliveryError(OnRecordError):
    """A platform did not take a message. Platform folders raise only the classes below."""


class Retry(DeliveryError):
    """Not posted. Try again after `after` seconds."""

    def __init__(self, message: str, after: float) -> None:
        super().__init__(message)
        self.after = after


class Moved(DeliveryError):
    """The chat now has the id `to`. Not posted; store the new id and send again."""

    def __init__(self, message: str, to: str) -> None:
        super().__init__(message)
        self.to = to


class Gone(DeliveryError):
    """The chat is closed to the bot (kicked, archived, deleted). Pause and keep; tell the owner once."""


class BadMessage(DeliveryError):
    """The platform refused this message as malformed or too long. The same text may pass without markup."""


class Unknown(DeliveryError):
    """The message may or may not have been posted (a time-out, a dropped connection)."""
