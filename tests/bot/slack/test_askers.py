"""Who may ask: nobody whom Slack has not vouched for."""

from __future__ import annotations

import pytest

from bot.desk import Desk
from bot.platforms.slack.askers import People, Person
from briefings.errors import OnRecordError, Retry, SettingsError, Unknown
from tests.bot.slack.conftest import platform_on, text_of, workspace
from tests.fakes.slack import RateLimited, ServerError, SlackFake

ANN = {"team_id": "T1", "name": "ann", "is_admin": True}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def people(*answers: dict[str, object] | OnRecordError, clock: Clock) -> People:
    left = list(answers)

    async def ask(_: str) -> dict[str, object] | None:
        answer = left.pop(0)
        if isinstance(answer, OnRecordError):
            raise answer
        return answer

    found = People(ask, clock)
    found.team = "T1"
    return found


async def test_slacks_last_word_on_somebody_holds_while_it_is_silent() -> None:
    clock = Clock()
    found = await people(ANN, Retry("wait", 60), ANN | {"is_admin": False}, clock=clock)
    assert (await found.person("U1")).admin
    clock.now = 601
    assert (await found.person("U1")).admin
    clock.now = 630
    assert (await found.person("U1")).admin
    clock.now = 662
    assert not (await found.person("U1")).admin


async def test_without_a_word_of_slack_nobody_is_a_member() -> None:
    clock = Clock()
    found = await people(Unknown("502"), Unknown("502"), Unknown("502"), ANN, clock=clock)
    assert await found.person("U1") == Person(known=False)
    assert not (await found.asker("U1", "C1")).member
    clock.now = 10
    assert (await found.person("U1")).admin


@pytest.mark.parametrize("user", ["UBOB", "UFOR", "UGUE"])
async def test_nobody_is_answered_whom_slack_does_not_vouch_for(slack: SlackFake, user: str) -> None:
    slack.fail("users.info", RateLimited(30), times=5)
    answer = await slack.wait_response(await slack.commands("/who-said", "fair", channel="CDESK", user=user))
    assert text_of(answer) == "I cannot check who you are just now. Please try again in a minute."
    await slack.opens_home(user)
    await slack.settled()
    assert "I cannot check who you are" in str(slack.homes[user]["blocks"])


async def test_owners_and_channels_let_in_need_no_word_of_slack(slack: SlackFake) -> None:
    slack.fail("users.info", ServerError(), times=9)
    await slack.wait_response(await slack.commands("/onrecord", "allow", channel="CDESK", user="UOWN"))
    exchange = await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB")
    assert "Podolyak" in text_of(await slack.wait_response(exchange))


async def test_one_failure_is_made_up_for_at_once(slack: SlackFake) -> None:
    slack.fail("users.info", ServerError())
    exchange = await slack.commands("/onrecord", "settings zone Kyiv", channel="CDESK", user="UANN")
    assert "Europe/Kyiv now" in text_of(await slack.wait_response(exchange))
    await slack.wait_response(await slack.commands("/who-said", "fair", channel="CDESK", user="UANN"))
    assert [call.method for call in slack.calls].count("users.info") == 2


async def test_it_does_not_start_without_the_right_to_ask_who_people_are(desk: Desk) -> None:
    async with workspace() as fake:
        fake.scopes = (fake.scopes or set()) - {"users:read"}
        platform = platform_on(fake, desk)
        with pytest.raises(SettingsError, match="users:read"):
            await platform.start()
        await platform.stop()
