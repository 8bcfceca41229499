"""The server: HTTP in, judgement, answer out, and a record of all that the bot did."""

import asyncio
import contextlib
import inspect
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.botapi import spec
from tests.botapi.delivery import Delivery
from tests.botapi.errors import ApiError, Blame
from tests.botapi.faults import AcceptThenClose, Faults, Kind, Refusing, ResetConnection, Slow
from tests.botapi.limits import Limits
from tests.botapi.methods import HANDLERS
from tests.botapi.people import Group, Person, Sent
from tests.botapi.profile import get_my_commands
from tests.botapi.spec import Json, Upload
from tests.botapi.updates import Webhook
from tests.botapi.wire import read_request
from tests.botapi.world import World

TOKEN = "4200000:AAH-strict-loopback-bot-api-for-tests"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request of the bot and what became of it: `code` 0 stands for a connection that was cut."""

    method: str
    params: Json
    at: float
    code: int
    result: Any = None
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something held against the bot, or something it had to live with."""

    method: str
    reason: str
    params: Json


class Server:
    """A strict Bot API on 127.0.0.1; use it as `async with Server() as server`.

    `violations` must stay empty with a correct bot; `refusals` are errors which it may meet. `latency` is added to
    every answer, in seconds. `limits.enabled`, `faults.add(...)` and `delivery` make life harder.
    """

    def __init__(self, *, token: str = TOKEN, port: int = 0, journal: Path | None = None) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.violations: list[Finding] = []
        self.refusals: list[Finding] = []
        self.latency = 0.0
        self.faults = Faults()
        self.world = World(token)
        self.limits = Limits(clock=self.world.monotonic)
        self.delivery = Delivery(world=self.world, report=lambda reason: self._blame("webhook", reason, {}))
        self.app = web.Application()
        self.app.router.add_route("*", "/bot{token}/{method}", self._api)
        self.app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._port = port
        self._journal = journal
        self._people: dict[int, Person] = {}
        self._groups: dict[int, Group] = {}
        self._runner: web.AppRunner | None = None
        self._delivering: asyncio.Task[None] | None = None

    # Life

    async def start(self) -> None:
        """Listen; from now on `url` is known."""
        self._runner = web.AppRunner(self.app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = int(self._runner.addresses[0][1])
        self._delivering = asyncio.create_task(self.delivery.run())

    async def stop(self) -> None:
        """Stop listening and delivering."""
        if self._delivering:
            self._delivering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._delivering
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """Where the server listens: what aiogram's TelegramAPIServer.from_base() takes."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """PTB's base_url."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """PTB's base_file_url."""
        return f"{self.url}/file/bot"

    # The world around the bot

    def person(self, user_id: int, first_name: str = "Anna", *, started: bool = False, **more: Any) -> Person:
        """Return the person with this id, who has not written to the bot yet unless `started`.

        `more` are further User fields: last_name, username, language_code ("lv" by default).
        """
        if user_id not in self._people:
            user = {"id": user_id, "is_bot": False, "first_name": first_name, "language_code": "lv", **more}
            chat = self.world.open_private(user, started=started)
            self._people[user_id] = Person(self.world, user, chat)
        return self._people[user_id]

    def group(self, chat_id: int, title: str = "Darbinieki", *, forum: bool = True, admin: bool = True) -> Group:
        """Return the supergroup with this (negative) id, with the bot in it, as administrator or not."""
        if chat_id not in self._groups:
            chat = self.world.open_group(chat_id, title, forum=forum, admin=admin)
            self._groups[chat_id] = Group(self.world, chat)
        return self._groups[chat_id]

    def push(self, update: Json) -> Sent:
        """Let any update wait for the bot, be it poison; update_id is filled in when missing."""
        return Sent(update_id=self.world.push(update), message=update)

    def advance(self, seconds: float) -> None:
        """Move the server's clock: taps and updates grow old, limits relax, links expire."""
        self.world.skipped += seconds
        self.world.updates.drop_expired(self.world.now())
        self.world.bell.ring()

    # What the bot did

    @property
    def pending(self) -> list[Json]:
        """The updates which the bot has not confirmed."""
        return [pending.update for pending in self.world.updates.waiting.values()]

    @property
    def webhook(self) -> Webhook | None:
        """What setWebhook has set."""
        return self.world.updates.webhook

    def commands(self, language_code: str = "", scope: Json | None = None) -> list[Json]:
        """Return what setMyCommands has set for a language and a scope, without falling back to wider ones."""
        return get_my_commands(self.world, {"language_code": language_code, "scope": scope or {"type": "default"}})

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method."""
        return [call for call in self.calls if call.method == method]

    async def wait_for(self, predicate: Callable[[], bool], *, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until predicate holds; it is looked at whenever something has changed. Raises TimeoutError."""
        if not await self.world.bell.until(predicate, timeout):
            last = [f"{call.method} {call.code} {call.error}" for call in self.calls[-5:]]
            violations = [finding.reason for finding in self.violations]
            raise TimeoutError(f"not within {timeout} s; last calls: {last}; violations: {violations}")

    # HTTP

    async def _file(self, request: web.Request) -> web.Response:
        """Hand out a file for which getFile has given a link."""
        found = self.world.files.download(request.match_info["path"], self.world.now())
        if request.match_info["token"] != self.token or found is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=found.data, content_type="application/octet-stream")

    async def _api(self, request: web.Request) -> web.Response:
        case = _Case(method=request.match_info["method"], at=self.world.now())
        try:
            await self._understand(request, case)
            result = await self._carry_out(case)
        except ApiError as error:
            if error.blame is not Blame.NOBODY:
                self._blame(case.method, error.description, case.params, error.blame)
            code, body = error.code, error.body()
        else:
            code, body = 200, {"ok": True, "result": result}
        self._record(case, code, body)
        if isinstance(case.fault, ResetConnection | AcceptThenClose):
            return _cut(request, hard=isinstance(case.fault, ResetConnection))
        delay = self.latency + (case.fault.seconds if isinstance(case.fault, Slow) else 0.0)
        if delay:
            await asyncio.sleep(delay)
        return web.json_response(body, status=code, headers=_headers(body))

    async def _understand(self, request: web.Request, case: "_Case") -> None:
        """Read the request into the case, and hold against the bot whatever is wrong with it."""
        if request.match_info["token"] != self.token:
            raise ApiError(401, "Unauthorized", Blame.CHANCE)
        raw = await read_request(request)
        method = spec.methods().get(case.method.lower())
        if method is None:
            case.params = raw
            raise ApiError(404, "Not Found: method not found", Blame.BOT)
        case.method = method.name
        case.params, problems = spec.read(method, raw)
        for problem in problems:
            self._blame(method.name, f"{problem.path}: {problem.reason}", case.params)
        if problems:
            raise ApiError(400, f"Bad Request: {problems[0].answer}")

    async def _carry_out(self, case: "_Case") -> Any:
        case.fault = self.faults.take(case.method, case.params.get("chat_id"))
        if isinstance(case.fault, ResetConnection):
            raise ApiError(0, "connection reset")
        if isinstance(case.fault, Refusing):
            raise case.fault.error()
        if case.method not in HANDLERS:
            raise ApiError(400, f"Bad Request: STRICT: {case.method} is not simulated", Blame.BOT)
        self.limits.check(case.method, case.params)
        result = HANDLERS[case.method](self.world, case.params)
        return await result if inspect.isawaitable(result) else result

    def _blame(self, method: str, reason: str, params: Json, blame: Blame = Blame.BOT) -> None:
        finding = Finding(method=method, reason=reason, params=_shown(params))
        (self.violations if blame is Blame.BOT else self.refusals).append(finding)

    def _record(self, case: "_Case", code: int, body: Json) -> None:
        call = Call(
            method=case.method,
            params=_shown(case.params),
            at=case.at,
            code=code,
            result=body.get("result"),
            error=body.get("description", ""),
        )
        self.calls.append(call)
        if self._journal:
            with self._journal.open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(asdict(call), ensure_ascii=False) + "\n")
        self.world.bell.ring()


@dataclass(kw_only=True)
class _Case:
    """A request under way."""

    method: str
    at: float
    params: Json = field(default_factory=dict)
    fault: Kind | None = None


def _cut(request: web.Request, *, hard: bool) -> web.Response:
    """Close the connection without an answer; hard means a TCP reset."""
    if request.transport:
        if hard:
            connection = request.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


def _shown(value: Any) -> Any:
    """Return parameters for the record, with files by name and size."""
    if isinstance(value, Upload):
        return f"<{value.name}, {len(value.data)} bytes>"
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list) else value


def _headers(body: Json) -> dict[str, str]:
    retry_after = body.get("parameters", {}).get("retry_after")
    return {"Retry-After": str(retry_after)} if retry_after else {}
