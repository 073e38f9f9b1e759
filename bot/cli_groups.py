"""The groups of commands: `onrecord speaker ...` and `onrecord source ...`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.performing import perform
from config import settings as config

speaker = typer.Typer(name="speaker", help="Set right who is who on record.", no_args_is_help=True)
source = typer.Typer(name="source", help="Say which places are read round the clock.", no_args_is_help=True)

Place = Annotated[str, typer.Argument(metavar="NAME|ADDRESS|NUMBER", help="As `onrecord source list` shows it.")]
Kind = Annotated[
    str | None, typer.Option(help="feed, json-feed, links (a page watched for links) or telegram, without looking.")
]
Links = Annotated[str | None, typer.Option(metavar="SELECTOR", help="A CSS selector of the links meant, on a page.")]


@speaker.command()
def merge(
    name: Annotated[str, typer.Argument(metavar="FROM", help="A name on record.")],
    into: Annotated[str, typer.Argument(metavar="INTO", help="Another name of the same speaker.")],
) -> None:
    """Make one speaker of two, for good: what FROM said is INTO's, now and in articles to come."""
    from bot.commands.speaker import merge_speakers

    perform(merge_speakers(config.load(), name, into))


@speaker.command()
def rename(
    name: Annotated[str, typer.Argument(metavar="OLD", help="A name on record.")],
    to: Annotated[str, typer.Argument(metavar="NEW", help="How it shall read.")],
) -> None:
    """Show a speaker by another name; the old one still finds them."""
    from bot.commands.speaker import rename_speaker

    perform(rename_speaker(config.load(), name, to))


@speaker.command()
def corrections() -> None:
    """List the corrections made so far, newest first."""
    from bot.commands.speaker import list_corrections

    perform(list_corrections(config.load()))


@source.command()
def add(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A site, a feed, or @channel.")],
    name: Annotated[str | None, typer.Option(help="What to call it, and the outlet of its articles.")] = None,
    kind: Kind = None,
    links: Links = None,
) -> None:
    """Read a place round the clock from now on. A site is searched for its feed."""
    from bot.commands.source import add_place

    raise typer.Exit(perform(add_place(config.load(), address, name, kind, links)))


@source.command(name="test")
def try_(
    address: Annotated[str, typer.Argument(metavar="ADDRESS|NAME", help="A place, known or not.")],
    kind: Kind = None,
    links: Links = None,
) -> None:
    """Show what a place lists and whether its newest article can be read, without adding it."""
    from bot.commands.source import test_place

    raise typer.Exit(perform(test_place(config.load(), address, kind, links)))


@source.command(name="list")
def list_() -> None:
    """Show all places, and how they fare."""
    from bot.commands.source import ask

    perform(ask(config.load(), "/sources"))


@source.command()
def pause(place: Place) -> None:
    """Stop reading a place until it is resumed."""
    from bot.commands.source import ask

    perform(ask(config.load(), f"/sources pause {place}"))


@source.command()
def resume(place: Place) -> None:
    """Read a place again, at once: also one that is gone, or waits after failures."""
    from bot.commands.source import ask

    perform(ask(config.load(), f"/sources resume {place}"))


@source.command()
def remove(place: Place) -> None:
    """Read a place no more. Its articles stay."""
    from bot.commands.source import ask

    perform(ask(config.load(), f"/sources remove {place}"))
