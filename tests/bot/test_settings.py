"""Settings: where they come from, in which order, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefings.errors import SettingsError
from config.settings import Settings, load

SECRET = "hunter2"
ADDRESS = f"postgresql://user:{SECRET}@db.test/news"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    return tmp_path


def fault() -> str:
    with pytest.raises(SettingsError) as caught:
        load()
    message = str(caught.value)
    assert "\n" not in message
    assert SECRET not in message
    return message


def database() -> str:
    return load().database_url.get_secret_value()


def test_the_defaults() -> None:
    found = load()
    assert database() == "sqlite:///onrecord.db"
    assert (found.time_zone, found.zone.key, found.fetch_allow, found.log_level) == ("UTC", "UTC", (), "WARNING")


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", ADDRESS)
    monkeypatch.setenv("TIME_ZONE", "Europe/Kyiv")
    monkeypatch.setenv("FETCH_ALLOW", " wiki.corp, 10.0.0.0/8,, ")
    monkeypatch.setenv("LOG_LEVEL", "debug ")
    found = load()
    assert database() == ADDRESS
    assert (found.zone.key, found.fetch_allow, found.log_level) == ("Europe/Kyiv", ("wiki.corp", "10.0.0.0/8"), "DEBUG")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_of_settings(folder: Path, mark: str) -> None:
    """With a byte-order mark too, as editors on Windows write it."""
    text = f"{mark}DATABASE_URL={ADDRESS}\n# a comment\n\nTIME_ZONE='Europe/Kyiv'\nOF_SOMETHING_ELSE=1\n"
    (folder / ".env").write_text(text, encoding="utf-8")
    assert database() == ADDRESS
    assert load().time_zone == "Europe/Kyiv"


def test_a_value_in_a_file_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "secret").write_text(f"{ADDRESS}\r\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(folder / "secret"))
    assert database() == ADDRESS


def test_which_comes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("DATABASE_URL=sqlite:///env.db\nTIME_ZONE=Asia/Tokyo\n")
    assert database() == "sqlite:///env.db"
    (folder / "secret").write_text("sqlite:///named.db")
    monkeypatch.setenv("DATABASE_URL_FILE", "secret")
    assert database() == "sqlite:///named.db"
    monkeypatch.setenv("DATABASE_URL", "sqlite:///environment.db")
    assert database() == "sqlite:///environment.db"
    assert load(database_url="sqlite:///given.db").database_url.get_secret_value() == "sqlite:///given.db"
    assert load().time_zone == "Asia/Tokyo"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "/etc/passwd", "Europe", "x" * 300])
def test_a_time_zone_that_is_none(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TIME_ZONE", zone)
    message = fault()
    assert message.startswith("TIME_ZONE: ")
    assert "write an IANA name such as Europe/Kyiv" in message


def test_a_log_level_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")
    assert fault() == "LOG_LEVEL: 'loud' is none of DEBUG, INFO, WARNING, ERROR"


def test_a_value_of_the_wrong_type_is_named_and_a_secret_not_shown() -> None:
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: ") as caught:
        load(database_url=[SECRET])
    assert SECRET not in str(caught.value)


def test_a_named_file_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", "nowhere")
    assert fault() == "DATABASE_URL_FILE names nowhere, which cannot be read: No such file or directory"
    monkeypatch.setenv("DATABASE_URL_FILE", str(folder))
    assert "cannot be read: Is a directory" in fault()
    (folder / "binary").write_bytes(b"\xff\xfe" + SECRET.encode())
    monkeypatch.setenv("DATABASE_URL_FILE", "binary")
    assert "it is not UTF-8 text" in fault()


def test_a_file_of_settings_that_cannot_be_read(folder: Path) -> None:
    path = folder / ".env"
    path.write_text(f"TIME_ZONE=UTC\n{SECRET} without an equals sign\n")
    assert fault() == ".env: line 2 is not of the form NAME=value"
    path.write_bytes(b"TIME_ZONE=\xff\n")
    assert fault() == ".env cannot be read: it is not UTF-8 text"
    path.unlink()
    path.mkdir()
    assert load().time_zone == "UTC"


def test_settings_do_not_show_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", ADDRESS)
    found = load()
    assert SECRET not in f"{found!r} {found} {found.model_dump()} {found.model_dump_json()}"


def test_every_setting_says_what_it_is_for() -> None:
    for name, setting in Settings.model_fields.items():
        assert setting.description, name


def test_tokens_are_bare_and_owners_are_ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", " 123:ABCDEFGH\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN", " ")
    monkeypatch.setenv("OWNERS", "telegram:7, slack:U1")
    settings = load()
    assert settings.secrets() == ("123:ABCDEFGH",)
    assert settings.owners == ("telegram:7", "slack:U1")
    for wrong in ("telegram:@maria", "telegramm:7", "7"):
        monkeypatch.setenv("OWNERS", wrong)
        with pytest.raises(SettingsError, match="is no id of a chat"):
            load()


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_TOKEN", "TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN_FILE"])
def test_telegrams_token_has_two_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    (tmp_path / "token").write_text("123:ABCDEFGH\n", encoding="utf-8")
    monkeypatch.setenv(name, str(tmp_path / "token") if name.endswith("FILE") else "123:ABCDEFGH")
    token = load().telegram_bot_token
    assert token is not None
    assert token.get_secret_value() == "123:ABCDEFGH"
