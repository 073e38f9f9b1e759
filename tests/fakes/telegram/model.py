"""What the fake keeps: people, chats, messages, calls; and how they look on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .markup import Entity

BOT = 424242
BOT_NAME = "onrecord_bot"
_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it arrived, its nested values decoded; `at` is the time of the loop."""

    method: str
    params: dict[str, Any]
    at: float


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot as it is now.

    `html` is the text or caption as it was sent; `text` is what is read. `markup` is the whole reply_markup.
    """

    message_id: int
    chat_id: int
    thread: int | None
    text: str
    html: str
    entities: list[Entity]
    buttons: list[list[dict[str, Any]]]
    reply_to: int | None
    edited: int = 0
    silent: bool = False
    document: bytes | None = None
    photo: bytes | None = None
    file_name: str | None = None
    link_preview: dict[str, Any] | None = None
    markup: dict[str, Any] | None = None
    parse_mode: str | None = None

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons, row after row."""
        return [button["text"] for row in self.buttons for button in row]


@dataclass(slots=True)
class User:
    """A person, or the bot itself."""

    id: int
    first_name: str
    username: str | None = None
    language: str | None = None
    is_bot: bool = False

    def to_dict(self, language: str | None = None) -> dict[str, Any]:
        made: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        spoken = language or self.language
        made |= {"username": self.username} if self.username else {}
        return made | ({"language_code": spoken} if spoken else {})


@dataclass(slots=True)
class Topic:
    name: str
    closed: bool = False


@dataclass(slots=True)
class Chat:
    """`bot` is the standing of the bot in it; in a private chat "kicked" means blocked, "new" never started.

    `posted` is all that the bot ever posted, as it was then.
    """

    id: int
    type: str
    title: str | None = None
    username: str | None = None
    is_forum: bool = False
    bot: str = "member"
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    sent: dict[int, Sent] = field(default_factory=dict)
    posted: list[Sent] = field(default_factory=list)
    migrated_to: int | None = None

    def to_dict(self) -> dict[str, Any]:
        made: dict[str, Any] = {"id": self.id, "type": self.type}
        named = {"title" if self.type != "private" else "first_name": self.title, "username": self.username}
        made |= {name: value for name, value in named.items() if value}
        return made | ({"is_forum": True} if self.is_forum else {})


def member(user: User, status: str, *, rights: bool = True) -> dict[str, Any]:
    """A ChatMember object of that status; `rights` of an administrator or of somebody restricted."""
    made: dict[str, Any] = {"status": status, "user": user.to_dict()}
    match status:
        case "creator":
            return made | {"is_anonymous": False}
        case "administrator":
            made |= dict.fromkeys(_RIGHTS, rights) | {"is_anonymous": False, "can_be_edited": False}
        case "restricted":
            made |= dict.fromkeys(_PERMISSIONS, rights) | {"is_member": True, "until_date": 0}
        case "kicked":
            made |= {"until_date": 0}
        case "member" | "left":
            pass
        case _:
            raise AssertionError(f"no such standing in a chat: {status}")
    return made
