"""The configured platforms: which there are, why one is not, and keeping each at work whatever befalls another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from bot.app import App
from bot.desk import Desk
from bot.intake import Intake
from bot.platforms.base import Service
from briefings.errors import OnRecordError, Retry, SettingsError
from config.settings import Settings

_log = logging.getLogger(__name__)

Say = Callable[[str], None]
_BACK_OFF = (2.0, 5.0, 15.0, 60.0)


def configured(app: App, desk: Desk, intake: Intake) -> tuple[list[Service], list[str]]:
    """The platforms whose tokens are set, and a line for each that is not, which says what it needs."""
    settings = app.settings
    found: list[Service] = []
    left: list[str] = []
    reason = slack_lacks(settings)
    if reason:
        left.append(f"slack: not started; {reason}")
    else:
        found.append(slack(settings, desk, intake))
    if settings.telegram_bot_token is None:
        left.append("telegram: not started; TELEGRAM_BOT_TOKEN is not set")
    else:
        found.append(telegram(settings, desk, intake))
    return found, left


async def keep(service: Service, say: Say, started: Callable[[], None] = lambda: None, *, listen: bool = True) -> bool:
    """Starts a platform and keeps it at work until cancelled, trying again while it does not answer.

    Without `listen` it only sends. Returns False where it will not work until somebody changes something, which is then
    said.
    """
    faults = 0
    while True:
        wait = _BACK_OFF[min(faults, len(_BACK_OFF) - 1)]
        faults += 1
        try:
            say(f"{service.name}: {await service.start(listen)}")
            started()
            faults = 0
            await service.run()
            return False
        except SettingsError as error:
            say(f"{service.name}: stopped; {error}")
            await service.stop()
            return False
        except OnRecordError as error:
            wait = max(wait, error.after) if isinstance(error, Retry) else wait
            say(f"{service.name}: {error}; trying again in {wait:.0f} s")
        except Exception as error:
            _log.exception("a fault of onrecord itself", extra={"platform": service.name})
            say(f"{service.name}: {type(error).__name__}, see the log; starting again in {wait:.0f} s")
        await service.stop()
        await asyncio.sleep(wait)


async def stop(services: Sequence[Service]) -> None:
    """Stops all at once."""
    await asyncio.gather(*(service.stop() for service in services), return_exceptions=True)


def slack_lacks(settings: Settings) -> str | None:
    """What Slack cannot be started without; None where nothing is missing."""
    if settings.slack_bot_token is None:
        return "SLACK_BOT_TOKEN is not set"
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        return "neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set"
    return None


def slack(settings: Settings, desk: Desk, intake: Intake) -> Service:
    """Slack, as set."""
    from bot.platforms.slack.platform import Slack  # loads much that no other command needs

    def secret(name: str) -> str | None:
        value = getattr(settings, name)
        return value.get_secret_value().strip() if value else None

    return Slack(
        desk,
        intake,
        bot_token=secret("slack_bot_token") or "",
        app_token=secret("slack_app_token"),
        signing_secret=secret("slack_signing_secret"),
        api_url=settings.slack_api_url,
    )


def telegram(settings: Settings, desk: Desk, intake: Intake) -> Service:
    """Telegram, as set."""
    from bot.platforms.telegram.platform import Telegram  # as above

    token = settings.telegram_bot_token
    owners = [owner.removeprefix("telegram:") for owner in settings.owners if owner.startswith("telegram:")]
    return Telegram(
        desk,
        intake,
        token=token.get_secret_value().strip() if token else "",
        api_url=settings.telegram_api_url,
        public_url=settings.public_url,
        owners=owners,
    )
