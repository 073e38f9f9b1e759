"""The rules for texts, entities, keyboards, commands and inline results. Each raises what the server answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import broken
from .markup import Entity, HtmlError, cleaned, link_problem, parse_html, utf16

TEXT, CAPTION, RAW = 4096, 1024, 32_768
ENTITIES, BUTTONS, ROW, DATA = 100, 100, 8, 64
_BUTTON_KINDS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}
_OTHER_MARKUP = {"keyboard", "remove_keyboard", "force_reply"}
Complain = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it was sent and as it is read."""

    raw: str
    text: str
    entities: list[Entity]
    parse_mode: str | None = None


def formatted(params: dict[str, Any], complain: Complain, name: str = "text", entities: str = "entities") -> Text:
    """The text in `params[name]`. `complain` is told of what the server would mend in silence."""
    raw, mode = params.get(name, ""), params.get("parse_mode") or None
    caption = name == "caption"
    if not isinstance(raw, str):
        raise broken(f"{name} must be a String")
    if len(raw.encode("utf-8", "surrogatepass")) > RAW:
        raise broken("text is too long")
    if any("\ud800" <= char < "\ue000" for char in raw):
        raise broken("strings must be encoded in UTF-8")
    text, found = _parsed(raw, mode, params.get(entities) or [])
    text, found = cleaned(text, found)
    if not text and not caption:
        raise broken("message text is empty")
    if len(text) > (CAPTION if caption else TEXT):
        raise broken("message caption is too long" if caption else "message is too long")
    if len(found) > ENTITIES:
        complain(f"{len(found)} entities; all after {ENTITIES} are lost")
        found = found[:ENTITIES]
    return Text(raw, text, found, mode)


def _parsed(raw: str, mode: str | None, given: list[dict[str, Any]]) -> tuple[str, list[Entity]]:
    if mode is None:
        return raw, [_entity(entity, utf16(raw)) for entity in given]
    if mode.lower() != "html":
        raise broken("unsupported parse_mode")
    try:
        return parse_html(raw)
    except HtmlError as error:
        raise broken(f"can't parse entities: {error}") from error


def _entity(given: dict[str, Any], size: int) -> Entity:
    try:
        entity = Entity(given["type"], given["offset"], given["length"], given.get("url"), given.get("language"))
        fits = entity.offset >= 0 and entity.length > 0 and entity.offset + entity.length <= size
    except (KeyError, TypeError, AttributeError) as error:
        raise broken("can't parse MessageEntity") from error
    if not fits:
        raise broken(f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text")
    if entity.type == "text_link" and link_problem(entity.url or ""):
        raise broken(f"entity of type text_link has a bad URL: {entity.url}")
    return entity


def keyboard(markup: Any) -> list[list[dict[str, Any]]]:
    """The rows of buttons of a reply_markup; none for the other kinds of it."""
    if markup is None or markup == "":
        return []
    if not isinstance(markup, dict):
        raise broken("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if not markup.keys() & _OTHER_MARKUP:
            raise broken("can't parse reply keyboard markup JSON object")
        return []
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise broken('can\'t parse inline keyboard: field "inline_keyboard" must be an Array of Arrays')
    if sum(map(len, rows)) > BUTTONS:
        raise broken("reply markup is too long")
    if any(len(row) > ROW for row in rows):
        raise broken(f"reply markup has a row of more than {ROW} buttons")
    for row in rows:
        for button in row:
            _check_button(button)
    return [row for row in rows if row]


def _check_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise broken("can't parse inline keyboard button: Object expected")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise broken("can't parse inline keyboard button: button text must be non-empty")
    kinds = button.keys() & _BUTTON_KINDS
    if not kinds:
        raise broken("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise broken(f"can't parse inline keyboard button: more than one kind: {', '.join(sorted(kinds))}")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= DATA:
            raise broken("BUTTON_DATA_INVALID")
    if "url" in button:
        problem = link_problem(str(button["url"]))
        if problem:
            raise broken(f"inline keyboard button URL '{button['url']}' is invalid: {problem}")
    if "copy_text" in button and not 1 <= len(str((button["copy_text"] or {}).get("text", ""))) <= 256:
        raise broken("BUTTON_COPY_TEXT_INVALID")
    if button.get("style") not in (None, "danger", "success", "primary"):
        raise broken("BUTTON_STYLE_INVALID")


def commands(given: Any) -> list[dict[str, str]]:
    """A list of BotCommand."""
    if not isinstance(given, list) or not all(isinstance(command, dict) for command in given):
        raise broken("expected an Array of BotCommand")
    if len(given) > 100:
        raise broken("BOT_COMMANDS_TOO_MUCH")
    for command in given:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise broken("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", "")).strip()) <= 256:
            raise broken("BOT_COMMAND_DESCRIPTION_INVALID")
    names = [command["command"] for command in given]
    if len(set(names)) != len(names):
        raise broken("BOT_COMMAND_DUPLICATE")
    return given


def inline_results(given: Any, complain: Complain) -> list[dict[str, Any]]:
    """A list of InlineQueryResultArticle, the only kind that is known here."""
    if not isinstance(given, list) or not all(isinstance(result, dict) for result in given):
        raise broken("expected an Array of InlineQueryResult")
    if len(given) > 50:
        raise broken("RESULTS_TOO_MUCH")
    seen: set[str] = set()
    for result in given:
        if result.get("type") != "article":
            raise broken(f"inline query result of type {result.get('type')!r} is not part of this fake")
        name = result.get("id")
        if not isinstance(name, str) or not 1 <= len(name.encode()) <= 64:
            raise broken("RESULT_ID_INVALID")
        if name in seen:
            raise broken("RESULT_ID_DUPLICATE")
        seen.add(name)
        if not str(result.get("title") or "").strip():
            raise broken("ARTICLE_TITLE_EMPTY")
        content = result.get("input_message_content")
        if not isinstance(content, dict) or "message_text" not in content:
            raise broken("MESSAGE_CONTENT_EMPTY")
        formatted(content, complain, "message_text")
        keyboard(result.get("reply_markup"))
    return given
