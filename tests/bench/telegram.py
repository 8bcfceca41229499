"""A fast Telegram: takes what bots send, and brings them what people say by Telegram's rules for webhooks.

One update of a chat at a time and the next only after a 2xx, 40 connections side by side. People are patient: they
say the next line when they have read the whole answer to the one before.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.bench.people import Expected, Person, Shown
from tests.bench.wire import Answer, Connection, Line

TOKEN = "123:bench-" + "x" * 26

_CONNECTIONS = 40  # Telegram's default for a webhook
_LISTENING_SECONDS = 10.0  # some bots tell us their address before they listen there
_MOST_COMPLAINTS = 20
_SHOWN = 80  # characters of an answer in a complaint
_SENDING = {"sendMessage", "sendLocation"}
_ME = {"id": 123, "is_bot": True, "first_name": "Koku palīgs", "username": "koku_bot"}
_RESULTS: dict[str, Any] = {
    "getMe": _ME,
    "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
}


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What came of letting people talk: how long it took, and the seconds that each line waited for its answer."""

    seconds: float
    waits: tuple[float, ...]


@dataclass(eq=False, slots=True)
class _Turn:
    """A person's line under way: it ends when it was taken over with a 2xx and has been answered completely."""

    person: Person
    lines: int  # still to be spoken, this one included
    since: float = 0.0
    expected: tuple[str, ...] = ()
    taken: bool = False

    @property
    def over(self) -> bool:
        return self.taken and len(self.person.heard) >= len(self.expected)


@dataclass(eq=False)
class Telegram:
    """The Bot API on a port of its own. `latency` (seconds) is what every call takes, `patience` a whole talk."""

    latency: float = 0.0
    patience: float = 60.0
    wrong: list[str] = field(default_factory=list)  # whatever makes a figure void
    webhook: asyncio.Event = field(default_factory=asyncio.Event)  # a bot has said where it wants its updates

    def __post_init__(self) -> None:
        self._people: dict[int, Person] = {}
        self._turns: dict[int, _Turn] = {}
        self._changed = asyncio.Event()
        self._ended: Callable[[_Turn], None] | None = None  # None while whatever is said is right
        self._stuck = False  # somebody can't go on
        self._last_id = 0
        self._hook, self._secret = "", ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Listen, and yield the address for TELEGRAM_API_URL."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self._handle), "127.0.0.1", 0, backlog=1024)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    def forget(self) -> None:
        """Begin anew with another bot, at no latency."""
        self.latency = 0.0
        self.webhook.clear()
        self.wrong.clear()
        self._people.clear()
        self._turns.clear()
        self._ended, self._stuck = None, False

    async def say(self, person: Person) -> None:
        """Bring one line to the bot, and return when it was taken over with a 2xx; whatever it answers is right."""
        self._people[person.id] = person
        async with self._lines(1) as (line,):
            await self._post(line, person)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of what people heard; raises TimeoutError when patience ends."""
        async with asyncio.timeout(self.patience):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def talk(self, lines: Mapping[Person, int], expected: Expected, pause: float = 0.0) -> Talk:
        """Let everybody say so many lines, each as soon as the one before is answered, or a pause (seconds) later."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Queue[_Turn] = asyncio.Queue()
        waits: list[float] = []
        total = sum(lines.values())

        def begin(turn: _Turn) -> None:
            turn.since = time.perf_counter()
            ready.put_nowait(turn)

        def ended(turn: _Turn) -> None:
            waits.append(time.perf_counter() - turn.since)
            if turn.lines > 1:
                following = _Turn(turn.person, turn.lines - 1)
                if pause:
                    loop.call_later(pause, begin, following)
                else:
                    begin(following)

        self._ended = ended
        self._people.update((person.id, person) for person in lines)
        start = time.perf_counter()
        async with self._lines(_CONNECTIONS) as connections:
            serving = [asyncio.create_task(self._serve(line, ready, expected)) for line in connections]
            for number, (person, count) in enumerate(lines.items()):
                loop.call_later(pause * number / len(lines), begin, _Turn(person, count))
            try:
                await self.until(lambda: len(waits) == total or self._hopeless())
            except TimeoutError:
                self._complain(f"{total - len(waits)} of {total} lines were not answered in {self.patience:g} s")
            seconds = time.perf_counter() - start
            for task in serving:
                task.cancel()
            for outcome in await asyncio.gather(*serving, return_exceptions=True):
                if isinstance(outcome, Exception):
                    raise outcome
        return Talk(seconds=seconds, waits=tuple(waits))

    @asynccontextmanager
    async def _lines(self, number: int) -> AsyncIterator[list[Line]]:
        """Connect to the bot's webhook so many times."""
        hook = urlsplit(self._hook)
        host, port = hook.hostname or "", hook.port or 80
        loop = asyncio.get_running_loop()
        lines: list[Line] = []
        give_up = time.perf_counter() + _LISTENING_SECONDS
        try:
            while len(lines) < number:
                try:
                    lines.append((await loop.create_connection(Line, host, port))[1])
                except ConnectionRefusedError:
                    if time.perf_counter() > give_up:
                        raise
                    await asyncio.sleep(0.005)
            yield lines
        finally:
            for line in lines:
                line.close()

    async def _serve(self, line: Line, ready: "asyncio.Queue[_Turn]", expected: Expected) -> None:
        """Bring lines to the bot over one connection, whoever is ready first."""
        while True:
            turn = await ready.get()
            try:
                await self._post(line, turn.person, turn, expected)
            except LookupError as error:
                self._complain(f"{_where(turn.person)}: {error}")
                self._stuck = True
                self._changed.set()

    async def _post(
        self, line: Line, person: Person, turn: _Turn | None = None, expected: Expected | None = None
    ) -> None:
        body = json.dumps(person.speaks(self._number()), ensure_ascii=False).encode()
        if turn and expected:
            turn.expected = expected(person)
            self._turns[person.id] = turn
        status = await line.post(urlsplit(self._hook).path, self._secret, body)
        if status != 200:
            self._complain(f"{_where(person)}: the update was answered with {status}")
        if turn:
            turn.taken = True
            self._look(turn)

    def _look(self, turn: _Turn) -> None:
        """End a turn when all of it has happened, and compare what was heard with what should have been."""
        if not turn.over or self._ended is None:
            return
        del self._turns[turn.person.id]
        heard = tuple(message.sketch for message in turn.person.heard)
        if heard != turn.expected:
            self._complain(f"{_where(turn.person)}: {_difference(heard, turn.expected)}")
        self._ended(turn)
        self._changed.set()

    def _handle(self, method: str, body: bytes, answer: Answer) -> None:
        """Answer a call of the Bot API, after the latency."""
        fields = _fields(body)
        if method in _SENDING:
            self._later(self._deliver, method, fields, answer)
            return
        if method == "setWebhook":
            self._hook, self._secret = fields["url"], fields.get("secret_token", "")
            self.webhook.set()
        self._later(answer, _encode(_RESULTS.get(method, True)))

    def _later(self, do: Callable[..., None], *arguments: Any) -> None:
        if self.latency:
            asyncio.get_running_loop().call_later(self.latency, do, *arguments)
        else:
            do(*arguments)

    def _deliver(self, method: str, fields: dict[str, Any], answer: Answer) -> None:
        """Show a message to its reader, and tell the bot its id."""
        chat, text, markup = int(fields["chat_id"]), fields.get("text", ""), fields.get("reply_markup") or {}
        keyboard = (json.loads(markup) if isinstance(markup, str) else markup).get("inline_keyboard", ())
        buttons = tuple((button["text"], button["callback_data"]) for row in keyboard for button in row)
        message = {"message_id": self._number(), "date": int(time.time()), "from": _ME, "text": text}
        message["chat"] = {"id": chat, "type": "private", "first_name": "Anna", "last_name": "Ozola"}
        if keyboard:
            message["reply_markup"] = {"inline_keyboard": keyboard}
        answer(_encode(message))
        person = self._people.get(chat)
        if person is None:
            self._complain(f"a message to chat {chat}, which is nobody's")
            return
        person.hears(Shown(message["message_id"], method, text, buttons))
        if turn := self._turns.get(chat):
            self._look(turn)
        elif self._ended:
            self._complain(f"{_where(person)}: nobody asked for {person.heard[-1].sketch[:_SHOWN]!r}")
        self._changed.set()

    def _hopeless(self) -> bool:
        return self._stuck or len(self.wrong) >= _MOST_COMPLAINTS

    def _complain(self, what: str) -> None:
        if len(self.wrong) < _MOST_COMPLAINTS:
            self.wrong.append(what)

    def _number(self) -> int:
        """Count updates and messages, together as one bot's ids may."""
        self._last_id += 1
        return self._last_id


def _difference(heard: tuple[str, ...], expected: tuple[str, ...]) -> str:
    """Show where two answers part."""
    told, right = "\n".join(heard), "\n".join(expected)
    same = next((n for n, (one, other) in enumerate(zip(told, right, strict=False)) if one != other), len(right))
    first = max(0, same - _SHOWN // 4)
    return f"{told[first : first + _SHOWN]!r} instead of {right[first : first + _SHOWN]!r}"


def _fields(body: bytes) -> dict[str, Any]:
    """Read the parameters of a call, in either of the two forms that bots use; values may be JSON within a form."""
    return json.loads(body) if body[:1] == b"{" else dict(parse_qsl(body.decode()))


def _where(person: Person) -> str:
    return f"script {person.role}, line {person.spoken}, {person.id}"


def _encode(result: Any) -> bytes:
    return json.dumps({"ok": True, "result": result}, ensure_ascii=False).encode()
