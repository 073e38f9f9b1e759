"""A strict Slack for tests: the Web API, Socket Mode and signed requests, with every limit enforced.

async with serve_slack() as slack:
    slack.add_user("U1", name="ann")
    slack.add_channel("C1", name="desk", members={"U1"})
    ...  # let a bot talk to slack.url + "api/"
    await slack.commands("/who-said", "talks", channel="C1", user="U1")
    assert slack.violations == []
"""

from .fake import SlackFake, serve_slack
from .model import (
    Call,
    Channel,
    Drop,
    DropBefore,
    Exchange,
    Fault,
    Posted,
    RateLimited,
    Refuse,
    Response,
    ServerError,
    Timeout,
    Upload,
    User,
)
from .mrkdwn import Run, parse_mrkdwn, plain, problems
from .wire import signed

__all__ = [
    "Call",
    "Channel",
    "Drop",
    "DropBefore",
    "Exchange",
    "Fault",
    "Posted",
    "RateLimited",
    "Refuse",
    "Response",
    "Run",
    "ServerError",
    "SlackFake",
    "Timeout",
    "Upload",
    "User",
    "parse_mrkdwn",
    "plain",
    "problems",
    "serve_slack",
    "signed",
]
