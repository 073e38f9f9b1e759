"""The groups of commands: `onrecord speaker ...` and `onrecord source ...`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.performing import let_answers_go_first, perform
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
    address: Annotated[str, typer.Argument(metavar="ADDRESS|FOLDER", help="A site, a feed, @channel, or a folder.")],
    name: Annotated[str | None, typer.Option(help="What to call it, and the outlet of its articles.")] = None,
    kind: Kind = None,
    links: Links = None,
) -> None:
    """Read a place round the clock from now on. A site is searched for its feed."""
    from bot.commands.source import add_place

    perform(add_place(config.load(), address, name, kind, links))


@source.command(name="test")
def try_(
    address: Annotated[str, typer.Argument(metavar="ADDRESS|NAME", help="A place, known or not.")],
    kind: Kind = None,
    links: Links = None,
) -> None:
    """Show what a place lists and whether its newest article can be read, without adding it."""
    from bot.commands.source import test_place

    perform(test_place(config.load(), address, kind, links))


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


@source.command()
def poll() -> None:
    """Read the places that are due, once. `onrecord run` and `worker` do so round the clock."""
    from bot.commands.source import poll_due

    let_answers_go_first()
    raise typer.Exit(perform(poll_due(config.load())))


@source.command(name="import")
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE.opml", help="As other readers export it; - for standard input.")],
) -> None:
    """Add all feeds of an OPML file. They are not looked at now: what fails says so in `/sources`."""
    from bot.commands.source import import_places

    raise typer.Exit(perform(import_places(config.load(), file)))


@source.command()
def export(
    target: Annotated[str, typer.Argument(metavar="FILE.opml", help="Where to; - for standard output.")] = "-",
    secrets: Annotated[bool, typer.Option("--secrets", help="With names and passwords in addresses.")] = False,
) -> None:
    """Write all places that are read as OPML, for other readers or another bot."""
    from bot.commands.source import export_places

    perform(export_places(config.load(), target, secrets=secrets))
