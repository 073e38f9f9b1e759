"""The commands: every module of this package that has a `COMMAND`. A new file is a new command, everywhere."""

from __future__ import annotations

import pkgutil
import re
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module

import handlers
from briefings.errors import QueryError
from briefings.store import Store
from handlers.base import Command, Reply, Request, Right
from handlers.shown import mistake

# At the end of a line, where buttons put it: which page, and which message of it.
_PLACE = re.compile(r"(?:^|\s)(page|part):(\d{1,4})$")
# What people cannot mean and PostgreSQL does not store: the zero character, and halves of one.
_NEVER = re.compile("[\x00\ud800-\udfff]")
_LINE = re.compile(r"\s*/?([^\W\d][\w-]*)(?:@\w+)?(?:\s+(.*))?\s*", re.DOTALL)


@lru_cache(maxsize=1)
def commands() -> tuple[Command, ...]:
    """All commands in the order in which lists show them."""
    modules = [import_module(f"handlers.{module.name}") for module in pkgutil.iter_modules(handlers.__path__)]
    found = [module.COMMAND for module in modules if hasattr(module, "COMMAND")]
    return tuple(sorted(found, key=lambda command: command.order))


def find(name: str) -> Command:
    """The command called `name`, with or without a slash, with `_` for `-`.

    Raises:
        QueryError: there is none; names the nearest.
    """
    wanted = name.strip().lstrip("/").lower().replace("_", "-")
    by_name = {spelling: command for command in commands() for spelling in (command.name, *command.aliases)}
    if wanted in by_name:
        return by_name[wanted]
    shown = [spelling for spelling, command in by_name.items() if command.listed]
    near = get_close_matches(wanted, shown, n=1, cutoff=0.6)
    hint = f"did you mean /{by_name[near[0]].name}?" if near else "type /help for what there is"
    raise QueryError(f"there is no command /{wanted[:40]}; {hint}")


def knows(name: str) -> bool:
    """Whether `name` is a command's, in any of its spellings."""
    wanted = name.lower().replace("_", "-")
    return any(wanted in (command.name, *command.aliases) for command in commands())


def turns(line: str) -> bool:
    """Whether a line leads to another page or message of the answer that it stands under."""
    return _PLACE.search(line) is not None


def changes(line: str) -> bool:
    """Whether a line is to change something for others, so that giving it twice is not the same as once."""
    return _changing(line) is not None


def _changing(line: str) -> Command | None:
    """The command by which a line is to change something for others, if it is."""
    match = _LINE.fullmatch(_NEVER.sub("", line))
    if match is None or not knows(match[1]):
        return None
    command = find(match[1])
    text, _ = _placed(match[2] or "")
    does = command.changes(text) if command.changes else bool(text) and command.right is not Right.ASK
    return command if does else None


def parse(line: str, request: Request) -> Request:
    """The request that a command line makes: "/who-said negotiations page:2". The rest is taken from `request`.

    Raises:
        QueryError: the line names no command.
    """
    match = _LINE.fullmatch(_NEVER.sub("", line))
    if match is None:
        raise QueryError("that is no command", "/who-said negotiations")
    text, place = _placed(match[2] or "")
    return replace(request, command=find(match[1]).name, text=text, page=place["page"], part=place["part"])


def _placed(text: str) -> tuple[str, dict[str, int]]:
    """What follows a command's name, without the page and the part at its end, and these."""
    text, place = text.strip(), {"page": 1, "part": 1}
    while found := _PLACE.search(text):
        place[found[1]] = max(1, int(found[2]))
        text = text[: found.start()].rstrip()
    return text, place


def spoken(text: str) -> str:
    """The command line that somebody's words mean, which plain ones do not give if it changes something for others.

    Raises:
        QueryError: they would; says that it takes a slash.
    """
    line = meant(text)
    return line if text.lstrip().startswith("/") else harmless(line)


def harmless(line: str) -> str:
    """The line. Raises QueryError where it is to change something for others, which nobody does by plain words."""
    command = _changing(line)
    if command is None:
        return line
    example = next((each for each in command.examples if changes(each)), command.examples[0])
    raise QueryError("to change something, write it with a slash", example)


def meant(text: str) -> str:
    """The command line that words mean, whatever it does: "who said negotiations?" is "/who-said negotiations".

    Words that name no command are what somebody wants to know who said.
    """
    words = text.strip().lstrip("/").rstrip("?!. \n") if not text.lstrip().startswith("/") else text.strip()
    if not words or words.startswith("/"):
        return words or "/help"
    by_words = {spelling.replace("-", " "): each for each in listed() for spelling in (each.name, *each.aliases)}
    for spelling in sorted(by_words, key=len, reverse=True):
        if re.match(rf"{re.escape(spelling)}(?![\w-])", words, re.IGNORECASE):
            return f"/{by_words[spelling].name} {words[len(spelling) :].strip(' :,')}".rstrip()
    return f"/who-said {words}"


def listed() -> tuple[Command, ...]:
    """The commands that lists show, in their order."""
    return tuple(command for command in commands() if command.listed)


async def answer(line: str, request: Request, store: Store) -> Reply:
    """Runs a command line. A mistake in it comes back as a polite reply with `error` in its data.

    Raises:
        StoreError: the store cannot answer.
    """
    try:
        asked = parse(line, request)
        reply = await find(asked.command).run(asked, store)
    except QueryError as error:
        return mistake(error)
    if reply.changed:
        return reply
    canonical = f"/{asked.command} {asked.text}".rstrip() + (f" page:{asked.page}" if asked.page > 1 else "")
    return replace(reply, line=canonical, part=asked.part)
