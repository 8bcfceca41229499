"""Real processes, killed at random moments while people write to them over the Bot API."""

import asyncio
import os
import random
import re
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import Database
from bot.delivery.outbox import deliveries
from bot.inbox.ledger import inbound
from tests.botapi import Person, Server, TooManyRequests

_ROOT = Path(__file__).parents[1]
_LEASE_SECONDS = 1.5
_TOO_MANY = 429
_PROMISE = re.compile(r"līdz \w+, \d.*")  # depends on the hour at which it is given

# What people write. Every line leads to an answer, whatever came before it.
SCRIPTS: Sequence[Sequence[str]] = (
    ("Labdien!", "Gribu reģistrēt kokus", "es pats", "50 ozoli un 20 liepas", "pērn aprīlī", "vai augļu koki skaitās?",
     "atpakaļ", "2025. gada maijā", "kāpēc jautājat?", "Kalniņi, Drustu pagasts"),
    ("kas ir MapMyTree?", "Gribu reģistrēt 300 bērzus, stādīti 2023. gada pavasarī Madonas novadā, Ļaudonas pagastā",
     "skola", "Ļaudonas pamatskola", "nē, 320", "pārskats", "turpināšu vēlāk", "turpināt"),
    ("/start", "/palidziba", "kuri koki der?", "paldies", "cik maksā malka?", "/valoda", "Latviešu", "labdien"),
)  # fmt: skip


def environment(server: Server, database_url: str, folder: Path) -> dict[str, str]:
    """Return the settings of a process under test, and nothing of ours but the path."""
    return {
        "PATH": os.environ["PATH"],
        "TELEGRAM_TOKEN": server.token,
        "TELEGRAM_API_URL": server.url,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "LEASE_SECONDS": str(_LEASE_SECONDS),
        "LOG_LEVEL": "WARNING",
        "PORT": str(free_port()),
    }


@dataclass(eq=False)
class Herd:
    """Processes of one installation. A killed one is started again at once."""

    role: str
    size: int
    settings: dict[str, str]
    log: Path
    kills: int = 0
    _running: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self) -> None:
        """Start all."""
        self._running = [await self._spawn() for _ in range(self.size)]

    async def kill_one(self, dice: random.Random) -> None:
        """Kill one without warning and start another."""
        index = dice.randrange(self.size)
        victim = self._running[index]
        victim.send_signal(signal.SIGKILL)
        await victim.wait()
        self.kills += 1
        self._running[index] = await self._spawn()

    async def stop(self, seconds: float = 10.0) -> list[int]:
        """Ask all to end and return their exit codes; those that don't are killed."""
        for process in self._running:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(seconds):
                return [await process.wait() for process in self._running]
        except TimeoutError:
            for process in self._running:
                if process.returncode is None:
                    process.kill()
            return [await process.wait() for process in self._running]

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", self.role, cwd=_ROOT, env=self.settings, stdout=log, stderr=log
            )


@dataclass(eq=False)
class Crowd:
    """People who write the lines of the scripts, some in bursts, and what they must see in the end."""

    server: Server
    people: list[tuple[Person, Sequence[str]]]
    expected: dict[Sequence[str], list[str]] = field(default_factory=dict)
    written: int = 0

    @classmethod
    def of(cls, server: Server, size: int) -> "Crowd":
        """Gather so many people, the scripts among them in turn."""
        people = [(server.person(1000 + n, "Anna"), SCRIPTS[n % len(SCRIPTS)]) for n in range(size)]
        return cls(server, people)

    async def greet(self) -> None:
        """Wait until somebody is answered at all."""
        person = self.server.person(9, "Ilze")
        person.sends("/start")
        self.written += 1
        await person.receives(timeout=60)

    async def learn(self) -> None:
        """Have every script played once in peace, to know what is to be seen."""
        for number, script in enumerate(SCRIPTS):
            person = self.server.person(10 + number, "Pēteris")
            for line in script:
                person.sends(line)
                self.written += 1
                await person.receives(timeout=30)
            # Some lines are answered with two messages.
            while await _hears_more(person):
                pass
            self.expected[script] = _told(person)

    def hamper(self, dice: random.Random) -> None:
        """Let Telegram refuse one of the middle answers to every third person for a second."""
        for person, _ in self.people[::3]:
            fault = TooManyRequests(1)
            self.server.faults.add(kind=fault, method="sendMessage", chat=person.id, after=dice.randrange(1, 5))

    async def write(self, seconds: float, dice: random.Random) -> None:
        """Write everything within about so many seconds, in an order and at moments that nobody planned."""
        waiting = [(person, list(script)) for person, script in self.people]
        pause = seconds / sum(len(lines) for _, lines in waiting)
        while waiting:
            person, lines = dice.choice(waiting)
            for _ in range(min(dice.choice((1, 1, 1, 2, 3)), len(lines))):
                person.sends(lines.pop(0))
                self.written += 1
                await asyncio.sleep(dice.expovariate(1 / pause))
            if not lines:
                waiting.remove((person, lines))

    async def answered(self, seconds: float) -> bool:
        """Wait until everybody has seen the last answer: not one that reads the same, earlier."""
        wanted = {script: _collapsed(told) for script, told in self.expected.items()}

        def done() -> bool:
            return all(
                told[-1:] == wanted[script][-1:] and len(told) >= len(wanted[script])
                for told, script in ((_collapsed(_told(person)), script) for person, script in self.people)
            )

        try:
            await self.server.wait_for(done, timeout=seconds)
        except TimeoutError:
            return False
        return True

    def differences(self) -> list[str]:
        """Return what people saw otherwise than in peace; a message repeated at once is no difference."""
        return [
            f"{person.id}: {_first_difference(_collapsed(_told(person)), _collapsed(self.expected[script]))}"
            for person, script in self.people
            if _collapsed(_told(person)) != _collapsed(self.expected[script])
        ]

    def repeats(self) -> int:
        """Count the messages that were shown twice."""
        return sum(len(_told(person)) - len(_collapsed(_told(person))) for person, _ in self.people)


@dataclass(frozen=True, kw_only=True)
class Ordeal:
    """What is done to an installation: so many kills of `processes` in a role, updates polled for or by webhook."""

    kills: int
    seed: int
    role: str = "run"
    processes: int = 1
    webhook: bool = False

    @property
    def people(self) -> int:
        """How many people write: enough for somebody to be in the middle of something at every kill."""
        return max(24, self.kills)


@dataclass(frozen=True, kw_only=True)
class Aftermath:
    """What an ordeal has led to. Without losses `differences` and `unanswered` are empty and the books are even."""

    written: int
    books: "Books"
    differences: list[str]
    complete: bool  # everybody has seen everything, and it is recorded
    repeats: int
    refused: int  # answers that met a 429
    errors: list[str]  # of what could not be handled
    log: str


async def undergo(ordeal: Ordeal, server: Server, database_url: str, folder: Path) -> Aftermath:
    """Let people write while processes die, and see what has become of it."""
    settings = environment(server, database_url, folder)
    if ordeal.webhook:
        server.delivery.retry_scale = 0.05
        settings |= {"PUBLIC_URL": f"http://127.0.0.1:{settings['PORT']}", "WEBHOOK_SECRET": "k" * 32}
    crowd = Crowd.of(server, ordeal.people)
    herd = Herd(ordeal.role, ordeal.processes, settings, folder / "log")
    dice = random.Random(ordeal.seed)
    try:
        await _kill_while_talking(crowd, herd, ordeal.kills, dice)
        complete = await crowd.answered(60) and await _recorded(database_url, 20)
    finally:
        await herd.stop()
    return Aftermath(
        written=crowd.written,
        books=Books.of(database_url),
        differences=crowd.differences(),
        complete=complete,
        repeats=crowd.repeats(),
        refused=sum(call.code == _TOO_MANY for call in server.calls_of("sendMessage")),
        errors=_errors(database_url),
        log=(folder / "log").read_text()[-3000:],
    )


async def _recorded(database_url: str, seconds: float) -> bool:
    """Wait until the books are closed: what the last kill left open goes out again once its lease has run out."""
    ends = asyncio.get_running_loop().time() + seconds
    while (await asyncio.to_thread(Books.of, database_url)).unfinished:
        if asyncio.get_running_loop().time() > ends:
            return False
        await asyncio.sleep(0.2)
    return True


async def _kill_while_talking(crowd: Crowd, herd: Herd, kills: int, dice: random.Random) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await herd.start()
    await crowd.greet()
    starting = loop.time() - began  # about a second, where nobody else keeps the machine busy
    await crowd.learn()
    crowd.hamper(dice)
    # Killed while it starts, or while it works.
    shortest, longest = 0.4 * starting / herd.size, (starting + 2.4) / herd.size
    writing = asyncio.create_task(crowd.write(kills * (shortest + longest) / 2, dice))
    while herd.kills < kills:
        await asyncio.sleep(dice.uniform(shortest, longest))
        await herd.kill_one(dice)
    await writing


@dataclass(frozen=True, kw_only=True)
class Books:
    """What the database says afterwards."""

    received: int
    failed: int
    unfinished: int

    @classmethod
    def of(cls, database_url: str) -> "Books":
        """Read them."""
        database = Database(database_url)
        try:
            return database.read_now(cls._read)
        finally:
            database.dispose()

    @classmethod
    def _read(cls, tx: Connection) -> "Books":
        updates = inbound.c.channel == "telegram"
        unfinished = deliveries.c.state.not_in(["sent"])
        return cls(
            received=tx.execute(sa.select(sa.func.count()).select_from(inbound).where(updates)).scalar_one(),
            failed=tx.execute(sa.select(sa.func.count()).where(inbound.c.outcome == "failed")).scalar_one(),
            unfinished=tx.execute(sa.select(sa.func.count()).where(unfinished)).scalar_one(),
        )


def _errors(database_url: str) -> list[str]:
    database = Database(database_url)
    try:
        query = sa.select(inbound.c.error).where(inbound.c.outcome == "failed")
        return database.read_now(lambda tx: [str(error) for error in tx.execute(query).scalars()])
    finally:
        database.dispose()


async def _hears_more(person: Person) -> bool:
    try:
        await person.receives(timeout=0.5)
    except TimeoutError:
        return False
    return True


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _told(person: Person) -> list[str]:
    return [_PROMISE.sub("līdz …", seen.text) for seen in person.inbox]


def _collapsed(told: list[str]) -> list[str]:
    return [text for before, text in zip([None, *told], told, strict=False) if text != before]


def _first_difference(seen: list[str], expected: list[str]) -> str:
    for number, (one, other) in enumerate(zip(seen, expected, strict=False)):
        if one != other:
            return f"message {number}: {one!r} instead of {other!r}"
    return f"{len(seen)} messages instead of {len(expected)}"
