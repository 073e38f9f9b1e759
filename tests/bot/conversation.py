"""One conversation for every platform: who says or presses what, and what the answer must hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Who = Literal["owner", "admin", "member", "stranger"]


@dataclass(frozen=True)
class Step:
    """What somebody writes, or the label of the button below the last answer that they press.

    Attributes:
        holds: what must stand in the answer, in whatever case; `lacks` what must not.
        elsewhere: whether it is in another chat, which nobody has let in yet.
        plain: whether it is plain words rather than a command.
    """

    says: str
    holds: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    who: Who = "member"
    elsewhere: bool = False
    presses: bool = False
    plain: bool = False


class Driver(Protocol):
    """A platform on which the conversation is held."""

    async def say(self, step: Step) -> str:
        """The text of the answer to a line."""
        ...

    async def press(self, step: Step) -> str:
        """The text of the answer to pressing a button of the last answer."""
        ...


def says(line: str, *holds: str, lacks: str = "", who: Who = "member", elsewhere: bool = False) -> Step:
    return Step(line, holds, (lacks,) if lacks else (), who, elsewhere)


def presses(label: str, *holds: str) -> Step:
    return Step(label, holds, presses=True)


def asks(words: str, *holds: str) -> Step:
    """Plain words: a mention, a reply, or whatever a platform has for them."""
    return Step(words, holds, plain=True)


SCRIPT = (
    says("/start", "On Record", "/who-said negotiations"),
    says("/help", "/who-said <query>", "settings", "A query is"),
    says("/help who-said", "/who-said by:Podolyak"),
    says("/help nonsense", "no command", "nonsense"),
    says("/who-said negotiations", "8 statements", "Mykhailo Podolyak", "an aide", "Example Times"),
    presses("Older", "6-8", "Speaker6 Xu"),
    presses("Newer", "1-5", "Podolyak"),
    says("/who_said negotiations", "8 statements"),
    says("/whosaid negotiations", "8 statements"),
    says('/who-said "enter round 3"', "1 statement", "Speaker3 Xu"),
    says("/who-said by:Podolyak", "1 statement", "fair"),
    says("/who-said negotiations -enter", "1 statement", "Podolyak"),
    says('/who-said from:"Sample Wire"', "7 statements"),
    says("/who-said negotiations since:2024-08-12", "1 statement"),
    says("/who-said negotiations until:2024-08-12", "7 statements", lacks="Podolyak"),
    says("/who-said negotiatons", "Nothing on record for negotiatons", "Did you mean"),
    presses("negotiations", "8 statements"),
    says("/who-said", "needs something to look for", "/who-said negotiations"),
    says("/who-said talks since:whenever", "whenever"),
    says("/who-sayd talks", "no command /who-sayd", "/who-said"),
    says("/briefing", "Who said what", "Denied or contested", "Kyiv"),
    presses("Timeline", "Timeline", "Sudzha"),
    says("/briefing negotiations", "negotiations"),
    says("/briefing since:2024-08-10 until:2024-08-10", "Speaker0 Xu", lacks="Podolyak"),
    says("/timeline", "Troops crossed the border", "6 Aug"),
    says("/timeline Sudzha", "1 event"),
    says("/timeline nowhere", "Nothing on record for nowhere"),
    says("/speaker Podolyak", "an aide", "fair"),
    says("/speaker Xu", "6 other speakers of that name"),
    says("/speaker", "needs a name"),
    says("/speaker Nobody", "Nothing on record"),
    says("/sources", "source"),
    says("/subscribe", "on a schedule", "Times are in UTC", "subscribe weekdays 07:30 Kursk"),
    says("/subscribe daily 25:00 Kursk", "no time of day", "subscribe daily 08:00"),
    says("/subscriptions", "no subscriptions of this chat"),
    says("/subscriptions pause 12", "no subscription #12 in this chat"),
    says("/unsubscribe Kursk", "no subscription “Kursk” in this chat"),
    says("/status", "Nothing yet", "No subscription"),
    says("/watch", "Nothing is watched in this chat"),
    says("/watch -border", "needs a word or a name to look for"),
    says("/settings", "Times are in UTC"),
    says("/settings zone Kyiv", "Only an admin of this chat"),
    says("/settings zone Atlantis", "no time zone", who="admin"),
    says("/settings zone Kyiv", "Times in this chat are in Europe/Kyiv now", who="admin"),
    says("/settings", "Europe/Kyiv", "set for this chat"),
    says("/allow", "Only an owner of this bot"),
    says("/who-said border", "2 statements", "“the border held", "denied"),
    presses("In context 1 · Moscow", "Moscow claimed that its border held", "First"),
    asks("who said negotiations?", "8 statements"),
    says("/who-said border", "an owner of this bot", "allow", who="stranger", elsewhere=True),
    says("/allow", "an owner of this bot", who="stranger", elsewhere=True),
    says("/allow", "may use this bot now", who="owner", elsewhere=True),
    says("/who-said border", "2 statements", who="stranger", elsewhere=True),
    says("/allow off", "may no longer use this bot", who="owner", elsewhere=True),
    says("/who-said border", "owner", who="stranger", elsewhere=True),
)


async def hold(driver: Driver) -> None:
    """Holds the conversation. Every answer is looked at, so that a failure shows them all."""
    faults = []
    for number, step in enumerate(SCRIPT, 1):
        answer = " ".join((await (driver.press(step) if step.presses else driver.say(step))).split())
        missing = [words for words in step.holds if words.casefold() not in answer.casefold()]
        surplus = [words for words in step.lacks if words.casefold() in answer.casefold()]
        if missing or surplus:
            faults.append(f"{number} {step.says!r}: missing {missing}, surplus {surplus}, in {answer[:300]!r}")
    assert not faults, "\n".join(faults)
