"""Every setting, with its default and what it is for. The README's table is held to this class by a test."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv.parser import parse_stream
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from briefings.chat import parse_address
from briefings.errors import SettingsError

ENV_FILE = Path(".env")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Settings(BaseSettings):
    """What can be set, by environment variables of the same names or in a file `.env`.

    For each one `NAME_FILE` names a file that holds the value instead, as container platforms hand over secrets.
    """

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_file_encoding="utf-8-sig", extra="ignore", frozen=True, populate_by_name=True
    )

    database_url: SecretStr = Field(
        default=SecretStr("sqlite:///onrecord.db"),
        description="Where the record is kept: `sqlite:///file.db` or `postgresql://user:password@host/name`",
    )
    time_zone: str = Field(default="UTC", description="IANA zone in which days are counted and times shown")
    keep_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days after which articles, with what was found in them, are dropped; 0 keeps all",
    )
    fetch_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Host names and CIDR networks, comma-separated, that may be fetched though they are not public",
    )
    slack_bot_token: SecretStr | None = Field(default=None, description="Slack: the bot's token, `xoxb-...`")
    slack_app_token: SecretStr | None = Field(
        default=None, description="Slack over Socket Mode: the app's token, `xapp-...`; needs no public address"
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="Slack over HTTP at `/slack/events`, where there is no app token: the signing secret"
    )
    slack_api_url: str = Field(default="https://slack.com/api/", description="Slack's Web API")
    telegram_bot_token: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("telegram_bot_token", "telegram_token"),
        description="Telegram: the token from @BotFather; `TELEGRAM_TOKEN` is read as well",
    )
    telegram_api_url: str = Field(default="https://api.telegram.org", description="Telegram's Bot API")
    public_url: str | None = Field(
        default=None, description="The https address of this program; Telegram then calls its `/telegram/webhook`"
    )
    host: str = Field(default="127.0.0.1", description="Where HTTP is served, if a platform needs it")
    port: int = Field(default=8080, ge=0, le=65535, description="Its port; 0 for any that is free")
    owners: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Who may change everything, comma-separated: `telegram:7,slack:U1`"
    )
    allowed_chats: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Chats that are served beside those that owners allow: `telegram:-100123,slack:C1`"
    )
    asks_per_minute: int = Field(
        default=30, ge=1, description="How often a minute one person may ask, in the long run; ten more at once"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING", description="What is logged to standard error; at DEBUG faults come with a traceback"
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone; write an IANA name such as Europe/Kyiv") from error
        return value

    @field_validator("fetch_allow", "owners", "allowed_chats", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("owners", "allowed_chats")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(parse_address(part)) for part in value)

    @field_validator("slack_bot_token", "slack_app_token", "slack_signing_secret", "telegram_bot_token")
    @classmethod
    def _bare_token(cls, value: SecretStr | None) -> SecretStr | None:
        bare = value.get_secret_value().strip() if value else ""
        return SecretStr(bare) if bare else None

    @field_validator("public_url", mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return value.strip().rstrip("/") or None if isinstance(value, str) else value

    @field_validator("slack_api_url", "telegram_api_url", "public_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError(f"{value[:60]!r} is no http(s) address")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _known_level(cls, value: Any) -> Any:
        level = value.strip().upper() if isinstance(value, str) else value
        if level not in LEVELS:
            raise ValueError(f"{value!r} is none of {', '.join(LEVELS)}")
        return level

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def secrets(self) -> tuple[str, ...]:
        """The tokens as set, for whoever must keep them out of what is printed. A database's address is not one."""
        tokens = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self.telegram_bot_token)
        return tuple(token.get_secret_value() for token in tokens if token)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings, NamedFiles(settings_cls), dotenv_settings)


class NamedFiles(PydanticBaseSettingsSource):
    """Values from the files that `NAME_FILE` variables name, without the newline at their end."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{field_name.upper()}_FILE")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n"), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SettingsError(f"{field_name.upper()}_FILE names {path}, which cannot be read: {reason}") from error

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


def load(**overrides: Any) -> Settings:
    """Reads the settings.

    Raises:
        SettingsError: one is malformed; names it in one line and never shows its value where that is a secret.
    """
    try:
        _check_env_file()
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "a setting"
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f".env cannot be read: {reason}") from error


def _check_env_file() -> None:
    """Raises SettingsError for a line that python-dotenv would only grumble about and skip."""
    if not ENV_FILE.is_file():
        return
    with ENV_FILE.open(encoding="utf-8-sig") as lines:
        for binding in parse_stream(lines):
            if binding.error:
                raise SettingsError(f".env: line {binding.original.line} is not of the form NAME=value")
