"""What the fake knows of a workspace: people, channels, messages, and what happened between Slack and the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    id: str
    name: str
    is_admin: bool = False
    is_owner: bool = False
    tz: str = "Europe/Kyiv"
    team: str = "T1"
    deleted: bool = False
    is_restricted: bool = False
    is_bot: bool = False
    visible: bool = True


@dataclass(slots=True)
class Channel:
    """A channel, or with `kind` "im" a conversation with one person, with "mpim" one with several."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    bot_member: bool = True
    archived: bool = False
    private: bool = False
    kind: str = "channel"


@dataclass(slots=True)
class Posted:
    """A message in a channel. `edited` counts chat.update; `ephemeral_user` is the only one who sees it.

    `first` is its text and its blocks as they were posted.
    """

    ts: str
    channel: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: int = 0
    ephemeral_user: str | None = None
    user: str = ""
    by_bot: bool = True
    deleted: bool = False
    broadcast: bool = False
    attachments: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    first: tuple[str, list[Json]] = ("", [])


@dataclass(slots=True)
class Response:
    """What was sent to a response_url, or with an acknowledgement. `posted` is set when it is seen by the channel."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json]
    response_type: str = "ephemeral"
    replace_original: bool = False
    delete_original: bool = False
    thread_ts: str | None = None
    posted: Posted | None = None
    deleted: bool = False


@dataclass(slots=True)
class Exchange:
    """One thing that Slack told the bot: how it was answered, and what came to its response_url.

    `status` is 0 when no answer came in time; `attempts` holds the status of each delivery.
    """

    kind: str
    payload: Json
    status: int = 0
    body: Any = ""
    latency: float = 0.0
    attempts: list[int] = field(default_factory=list)
    trigger_id: str = ""
    response_url: str = ""
    responses: list[Response] = field(default_factory=list)
    message: Response | None = None
    message_ts: str = ""


@dataclass(slots=True)
class Call:
    """A call of a Web API method, without its token."""

    method: str
    params: Json
    token: str = field(default="", repr=False)
    answer: Json = field(default_factory=dict)


@dataclass(slots=True)
class Upload:
    """A file: asked for, then sent, then completed into a channel."""

    id: str
    name: str
    length: int
    data: bytes | None = None
    title: str = ""
    channel: str | None = None
    completed: bool = False


@dataclass(slots=True)
class Hook:
    """A response_url: what it belongs to and how often it was used."""

    exchange: Exchange
    channel: str
    user: str
    made: float
    original: Posted | Response | None = None
    uses: int = 0
    expired: bool = False


@dataclass(slots=True)
class Trigger:
    made: float
    user: str
    used: bool = False
    expired: bool = False
    root: str | None = None


class RefusedError(Exception):
    """An API error, with what else the answer says. `note` is the rule that was broken, if the bot is to blame."""

    def __init__(self, error: str, note: str | None = None, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.note = note
        self.extra = extra


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Answers 429 with this Retry-After; nothing is done."""

    seconds: int = 1


@dataclass(frozen=True, slots=True)
class ServerError:
    """Answers with an HTML page, and after how many seconds to come again. Nothing is done unless `acts`."""

    status: int = 502
    retry_after: int | None = None
    acts: bool = False


@dataclass(frozen=True, slots=True)
class Timeout:
    """Does what was asked and answers that many seconds late."""

    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Drop:
    """Does what was asked and closes the connection without an answer."""


@dataclass(frozen=True, slots=True)
class DropBefore:
    """Closes the connection and does nothing."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answers with this error; nothing is done."""

    error: str


Fault = RateLimited | ServerError | Timeout | Drop | DropBefore | Refuse


@dataclass(slots=True)
class Planned:
    """A fault that waits for its call."""

    method: str
    fault: Fault
    times: int
    channel: str | None = None
