"""The public preview of a Telegram channel, https://t.me/s/NAME: its last messages, each an article.

Officials and ministries often speak there first. The preview needs no account; it shows some twenty messages.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from urllib.parse import urlsplit

from briefings.errors import Unreadable
from briefings.extract.vocabulary import vocabulary
from briefings.model import Draft, Precision
from briefings.sources import markup, normal, tree
from briefings.sources.base import Defaults, Payload, Refused
from briefings.sources.listing import Entry, Listing

_HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
# Names have from 4 to 32 characters (core.telegram.org/method/channels.checkUsername, and those that are auctioned).
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_POST = re.compile(r"([A-Za-z][A-Za-z0-9_]{3,31})/([1-9][0-9]{0,17})")
# Beginnings of Telegram's own links (core.telegram.org/api/links) that are as long as a name.
_NO_NAMES = vocabulary(
    "joinchat addstickers addemoji addtheme addlist share proxy socks login invoice setlanguage boost confirmphone "
    "contact giftcode nft call"
)
MAX_MESSAGES = 200


def channel_url(address: str) -> str | None:
    """The preview's address of the channel that `address` means, if it means one.

    Taken are `@NAME`, `t.me/NAME` and `t.me/s/NAME` with or without a scheme and the number of a message,
    `NAME.t.me`, and the same of Telegram's other hosts. Invitations (`t.me/+…`, `t.me/joinchat/…`) and the numbers of
    private channels (`t.me/c/…`) lead to no public page. Names are the same in capitals and small letters.
    """
    address = address.strip()
    if address.startswith("@"):
        return _preview(address[1:])
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    steps = [step for step in parts.path.split("/") if step]
    first, _, rest = host.partition(".")
    if rest in _HOSTS:
        return _preview(first)
    if host not in _HOSTS:
        return None
    if steps[:1] == ["s"]:
        steps = steps[1:]
    return _preview(steps[0]) if steps else None


def _preview(name: str) -> str | None:
    if not _NAME.fullmatch(name) or name.lower() in _NO_NAMES:
        return None
    return f"https://t.me/s/{name.lower()}"


class Telegram:
    """The messages of a channel that have text, captions included, oldest first as the preview has them.

    A message is known as NAME/ID, and is read again when its text was edited. One that was forwarded stays an article
    of the channel, which chose to spread it; its byline says whose it was ("Forwarded from X").
    """

    kind = "telegram"

    def recognises(self, payload: Payload) -> bool:
        address = payload.url or payload.address
        return "://" in address and channel_url(address) is not None

    def list(self, payload: Payload, defaults: Defaults, selector: str | None = None) -> Listing:
        page = tree.opened(payload)
        channel = _channel(payload)
        title = _title(page)
        own = Defaults(outlet=defaults.outlet or title)
        entries: dict[str, Entry] = {}
        refused: list[Refused] = []
        messages = list(tree.outermost(page, "tgme_widget_message"))
        for message in messages[-MAX_MESSAGES:]:
            made = _entry(message, channel, own)
            if isinstance(made, Refused):
                refused.append(made)
            elif made is not None:
                entries.setdefault(made.key, made)
        if not messages and next(tree.of_class(page, "tgme_channel_info"), None) is None:
            raise _no_preview(page, payload)
        if channel is None:
            # Any page could pass for what any channel said.
            raise Unreadable(f"{payload.name} is not the address of a channel's preview; give t.me/NAME or @NAME")
        return Listing(title, tuple(entries.values()), tuple(refused))


def _channel(payload: Payload) -> str | None:
    """The name in the address, in small letters; None where the address is not one of a preview.

    A preview may be read through another host, where Telegram is blocked, say.
    """
    steps = [step for step in urlsplit(payload.url or "").path.split("/") if step]
    name = steps[1] if len(steps) > 1 and steps[0] == "s" else None
    return name.lower() if name and _NAME.fullmatch(name) else None


def _no_preview(page: markup.Node, payload: Payload) -> Unreadable:
    if next(tree.of_class(page, "tgme_page"), None) is None:
        return Unreadable(f"{payload.name} is not the preview of a Telegram channel; give t.me/NAME or @NAME")
    return Unreadable(
        f"{payload.name} shows no messages: there is no such public channel, or it keeps what it posts to the app, as "
        "groups and private channels do; check the name"
    )


def _title(page: markup.Node) -> str | None:
    for node in tree.of_class(page, "tgme_channel_info_header_title"):
        title = normal.one_line(markup.visible_text(node), normal.MAX_OUTLET)
        if title:
            return title
    for meta in page.iter("meta"):
        if meta.get("property") == "og:title":
            return normal.one_line(meta.get("content"), normal.MAX_OUTLET) or None
    return None


def _entry(message: markup.Node, channel: str | None, defaults: Defaults) -> Entry | Refused | None:
    """A message; None for one without text, one of the channel's own doings, and one that is another channel's.

    The page must not pass off a message for one of another channel: the link to it would seem to prove it.
    """
    post = _POST.fullmatch(message.get("data-post") or "")
    if post is None or tree.has_class(message, "service_message"):
        return None
    if channel is not None and post[1].lower() != channel:
        return None
    text = normal.clean("\n\n".join(_texts(message)))
    if not text:
        return None
    published, precision = _published(message)
    raw = normal.Raw(
        text=text,
        title=normal.first_words(text),
        published=published,
        precision=precision,
        url=f"https://t.me/{post[0]}",
        byline=_byline(message),
        external_id=post[0],
    )
    made = normal.draft(raw, defaults, f"message {post[2]}", listed=True)
    if not isinstance(made, Draft):
        return made
    return Entry(post[0], made, True, hashlib.sha256(made.text.encode("utf-8", "replace")).hexdigest())


def _texts(message: markup.Node) -> list[str]:
    """What the message says, without the message that it answers. Captions of albums come one in the other."""
    answered = {node for reply in tree.outermost(message, "tgme_widget_message_reply") for node in reply.iter()}
    texts = [node for node in tree.outermost(message, "tgme_widget_message_text") if node not in answered]
    return list(dict.fromkeys(map(markup.visible_text, texts)))


def _published(message: markup.Node) -> tuple[datetime | None, Precision]:
    """When it was posted. Videos have a `<time>` as well, of their length."""
    for link in tree.of_class(message, "tgme_widget_message_date"):
        for time in link.iter("time"):
            try:
                return normal.parse_date(time.get("datetime") or "")
            except ValueError:
                continue
    return None, Precision.MINUTE


def _byline(message: markup.Node) -> str | None:
    """Whose message it was before it was forwarded, else who signed it."""
    for name, before in (
        ("tgme_widget_message_forwarded_from_name", "Forwarded from "),
        ("tgme_widget_message_from_author", ""),
    ):
        for node in tree.of_class(message, name):
            if said := normal.one_line(markup.visible_text(node), normal.MAX_BYLINE):
                return before + said
    return None
