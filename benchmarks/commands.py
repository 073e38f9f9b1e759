"""How fast commands are acknowledged and answered under load.

    python -m benchmarks.commands [--statements 1000000] [--rate 50] [--seconds 60] [--keep FOLDER]

Starts `onrecord run` in a process of its own, on an SQLite store of made-up statements (see `benchmarks.search`), with
Slack over HTTP and Telegram by webhook, both towards stand-ins in this process that answer at once; in a third process
articles are taken in all the while. Then sends `--rate` `/who-said` commands a second, of a thousand people, to each
platform's entry in turn, and prints for each, in milliseconds,

    acknowledged   until the HTTP request is answered: 50th, 95th, 99th percentile, and the 99th over its limit, 3 s
    answered       until the answer arrives at the platform, likewise; over the 2 s that are aimed at

and how many answers were lost.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import random
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from aiohttp import web

from benchmarks.search import Words, fill, queries
from briefings.store import Store

BOT, SECRET, TOKEN, GROUP = "xoxb-benchmark", "benchmark-secret", "1:benchmark", -100_1
PEOPLE = 1_000
PATIENCE = 30.0
ACK_LIMIT, ANSWER_AIM = 3_000.0, 2_000.0


class Platforms:
    """Stand-ins for Slack and Telegram: they take everything, and note when which answer came."""

    def __init__(self) -> None:
        self.answered: dict[str, float] = {}
        self.secret = ""
        self.url = ""

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        application = web.Application()
        application.router.add_route("*", "/api/{method}", self._slack)
        application.router.add_post("/answer/{id}", self._response)
        application.router.add_post("/bot{token}/{method}", self._telegram)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            await runner.cleanup()

    async def _slack(self, request: web.Request) -> web.Response:
        known: dict[str, Any] = {"ok": True, "user_id": "UBOT", "user": "onrecord", "team_id": "T1", "bot_id": "B1"}
        if request.match_info["method"] == "users.info":
            given = (await request.post()).get("user") or request.query.get("user")
            known = {"ok": True, "user": {"id": given, "team_id": "T1", "tz": "UTC"}}
        return web.json_response(known)

    async def _response(self, request: web.Request) -> web.Response:
        await request.read()
        self.answered.setdefault(f"slack {request.match_info['id']}", time.perf_counter())
        return web.Response(text="ok")

    async def _telegram(self, request: web.Request) -> web.Response:
        given = await request.post()
        match request.match_info["method"]:
            case "getMe":
                result: Any = {"id": 1, "is_bot": True, "first_name": "On Record", "username": "onrecord_bot"}
            case "setWebhook":
                self.secret, result = str(given["secret_token"]), True
            case "sendMessage":
                replied = json.loads(str(given["reply_parameters"]))["message_id"]
                self.answered.setdefault(f"telegram {replied}", time.perf_counter())
                chat = {"id": GROUP, "type": "supergroup", "title": "Benchmark"}
                result = {"message_id": 10_000_000 + replied, "date": int(time.time()), "chat": chat, "text": "answer"}
            case _:
                result = True
        return web.json_response({"ok": True, "result": result})


def slack_request(number: int, line: str, platforms: Platforms) -> tuple[str, bytes, dict[str, str]]:
    body = urlencode({
        "command": "/who-said", "text": line, "user_id": f"U{number % PEOPLE}", "user_name": "ann", "team_id": "T1",
        "team_domain": "benchmark", "channel_id": "C1", "channel_name": "desk", "api_app_id": "A1", "token": "old",
        "trigger_id": f"1.{number}", "response_url": f"{platforms.url}/answer/{number}",
        "is_enterprise_install": "false",
    }).encode()  # fmt: skip
    at = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b":".join((b"v0", at.encode(), body)), hashlib.sha256).hexdigest()
    signed = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}"}
    return "/slack/events", body, {**signed, "Content-Type": "application/x-www-form-urlencoded"}


def telegram_request(number: int, line: str, platforms: Platforms) -> tuple[str, bytes, dict[str, str]]:
    text = f"/who_said {line}"
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": GROUP, "type": "supergroup", "title": "Benchmark"},
        "from": {"id": 100 + number % PEOPLE, "is_bot": False, "first_name": "Ann"},
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": 9}],
    }
    body = json.dumps({"update_id": number, "message": message}).encode()
    headers = {"X-Telegram-Bot-Api-Secret-Token": platforms.secret, "Content-Type": "application/json"}
    return "/telegram/webhook", body, headers


Make = Callable[[int, str, Platforms], tuple[str, bytes, dict[str, str]]]


async def load(name: str, make: Make, entry: str, lines: list[str], platforms: Platforms, options: Any) -> None:
    """Sends the commands of one platform at their rate, waits for the answers, and prints the figures."""
    chance = random.Random(1)
    begun: dict[str, float] = {}
    acknowledged: list[float] = []

    async def send(client: httpx.AsyncClient, number: int) -> None:
        path, body, headers = make(number, chance.choice(lines), platforms)
        begun[f"{name} {number}"] = at = time.perf_counter()
        answer = await client.post(entry + path, content=body, headers=headers)
        if answer.status_code == 200:
            acknowledged.append((time.perf_counter() - at) * 1_000)

    count = options.rate * options.seconds
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(timeout=PATIENCE, limits=limits) as client:
        first, sent = time.perf_counter(), []
        for number in range(1, count + 1):
            await asyncio.sleep(max(0.0, first + number / options.rate - time.perf_counter()))
            sent.append(asyncio.create_task(send(client, number)))
        await asyncio.gather(*sent, return_exceptions=True)
    for _ in range(int(PATIENCE * 5)):
        if all(key in platforms.answered for key in begun):
            break
        await asyncio.sleep(0.2)
    answers = [(platforms.answered[key] - at) * 1_000 for key, at in begun.items() if key in platforms.answered]
    print(f"{name}: {count} commands in {options.seconds} s; {count - len(acknowledged)} not acknowledged, "
          f"{count - len(answers)} answers lost")  # fmt: skip
    print(f"  acknowledged  {percentiles(acknowledged, ACK_LIMIT)}")
    print(f"  answered      {percentiles(answers, ANSWER_AIM)}")


def percentiles(found: list[float], most: float) -> str:
    cuts = statistics.quantiles(found, n=100) if len(found) > 1 else [0.0] * 99
    middle, high, highest = cuts[49], cuts[94], cuts[98]
    ratio = f"ratio to {most / 1000:.0f} s: {highest / most:.2f}"
    return f"median {middle:.0f} ms, p95 {high:.0f} ms, p99 {highest:.0f} ms, {ratio}"


@contextlib.asynccontextmanager
async def program(*arguments: str, env: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """`onrecord` in a process of its own, ended by SIGTERM."""
    command = (sys.executable, "-m", "bot", *arguments)
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **env}, stdout=asyncio.subprocess.PIPE, stderr=None
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.communicate()


async def ingesting(env: dict[str, str], folder: Path) -> None:
    """Takes in articles until cancelled, a file of sixty after another."""
    sample = Path("briefings/sample")
    texts = [
        path.read_text(encoding="utf-8")
        for path in sorted(sample.iterdir())
        if path.suffix in (".jsonl", ".xml", ".txt")
    ]
    prose = " ".join(texts)[:200_000]
    number = 0
    while True:
        path = folder / f"{number}.jsonl"
        with path.open("w", encoding="utf-8") as out:
            for _ in range(60):
                number += 1
                begin = (number * 997) % max(1, len(prose) - 5_000)
                row = {
                    "text": f"Report {number}. {prose[begin : begin + 4_900]}",
                    "outlet": "Bench",
                    "published": "2024-08-14",
                }
                out.write(json.dumps(row) + "\n")
        async with program("ingest", str(path), env=env) as process:
            await process.communicate()


async def started(process: asyncio.subprocess.Process) -> None:
    """Waits until both platforms say that they work."""
    at_work = 0
    while at_work < 2 and process.stdout and (line := (await process.stdout.readline()).decode()):
        print(f"  {line.rstrip()}", file=sys.stderr)
        at_work += line.startswith(("slack: ", "telegram: "))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def run(options: Any, folder: Path) -> None:
    words = Words(1)
    path = folder / f"commands-{options.statements}.db"
    fresh = not path.exists()
    async with Store(f"sqlite:///{path}") as store:
        await store.prepare()
        if fresh:
            await fill(store, options.statements, words)
    lines = [line for _, line in queries(words)]
    platforms, port = Platforms(), free_port()
    async with platforms.serving():
        env = {
            "DATABASE_URL": f"sqlite:///{path}", "PORT": str(port), "SLACK_BOT_TOKEN": BOT,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": f"{platforms.url}/api/", "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": platforms.url,
            "PUBLIC_URL": f"http://127.0.0.1:{port}", "ALLOWED_CHATS": f"telegram:{GROUP}", "SLACK_APP_TOKEN": "",
        }  # fmt: skip
        async with program("run", env=env) as process:
            await started(process)
            busy = asyncio.create_task(ingesting(env, folder)) if not options.idle else None
            for name, make in (("slack", slack_request), ("telegram", telegram_request)):
                await load(name, make, f"http://127.0.0.1:{port}", lines, platforms, options)
            if busy:
                busy.cancel()
                await asyncio.gather(busy, return_exceptions=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--idle", action="store_true", help="take in no articles meanwhile")
    parser.add_argument("--keep", type=Path, help="a folder to keep the store in, and to find it in the next time")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(run(options, folder))


if __name__ == "__main__":
    main()
