"""Watching goes on whatever a server does, never hammers it, and is stopped by no single letter."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.channels.email.account import parse
from bot.channels.email.imap import Arrived
from bot.channels.email.watching import LARGEST, House, Patience, watch
from tests.imap_server import answering

_QUICK = Patience(answer=0.5, idle=0.2, first_pause=0.01, longest_pause=0.02, refused_pause=0.02)


@dataclass(eq=False)
class _Taken:
    """What was brought, by a house that can be told to refuse."""

    cursor: int = 0
    letters: list[tuple[int, bytes, bool]] = field(default_factory=list)
    refusals: int = 0
    faults: int = 0
    reports: list[str] = field(default_factory=list)
    may: bool = True

    def house(self) -> House:
        return House(may_watch=self._may, cursor=self._cursor, take=self._take, report=self._report)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so; raises TimeoutError."""
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - the watch changes it
                await asyncio.sleep(0.01)

    async def _may(self) -> bool:
        return self.may

    async def _cursor(self, _: int) -> int | None:
        return self.cursor

    async def _take(self, _: int, letters: Sequence[Arrived], upto: int) -> bool:
        if self.faults:
            self.faults -= 1
            raise ValueError("not expected")
        if self.refusals:
            self.refusals -= 1
            return False
        self.letters += [(letter.uid, letter.raw, letter.whole) for letter in letters]
        self.cursor = upto
        return True

    async def _report(self, trouble: str) -> None:
        self.reports.append(trouble)


async def _watched(url: str, taken: _Taken, holds: Callable[[], bool], patience: Patience = _QUICK) -> None:
    task = asyncio.create_task(watch(parse(url), taken.house(), patience))
    try:
        await taken.until(holds)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _mailbox(
    sizes: dict[int, int], spoilt: Callable[[list[int], str], bytes | None] = lambda _, __: None
) -> Callable[[str], bytes]:
    """Answer for a mailbox of such letters; `spoilt` answers a FETCH of content in the place of a good answer."""

    def answer(command: str) -> bytes:
        if command.startswith("UID SEARCH"):
            after = int(re.findall(r"UID (\d+):", command)[0])
            return b"* SEARCH " + b" ".join(b"%d" % uid for uid in sizes if uid >= after) + b"\r\n"
        if command.startswith("UID FETCH"):
            uids = [int(uid) for uid in command.split()[2].split(",")]
            if "RFC822.SIZE" in command:
                said = b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n"
                return b"".join(said % (uid, uid, sizes[uid]) for uid in uids if sizes[uid]) or b"* OK\r\n"
            bad = spoilt(uids, command)
            content = b"H" if "HEADER" in command else b"W"
            section = b"[HEADER]" if "HEADER" in command else b"[]"
            good = (b"* %d FETCH (UID %d BODY%s {1}\r\n%s)\r\n" % (uid, uid, section, content) for uid in uids)
            return b"".join(good) if bad is None else bad
        return b"" if command.startswith("DONE") else b"+ idling\r\n" if command == "IDLE" else b"* OK\r\n"

    return answer


async def test_letters_come_in_order_in_batches_that_memory_can_hold() -> None:
    """Few at once, big ones alone, of those beyond the limit only the header."""
    asked: list[list[int]] = []
    sizes = dict.fromkeys(range(1, 46), 1000) | {46: 3_000_000, 47: 3_000_000, 48: LARGEST + 1, 49: 10}

    def note(uids: list[int], _: str) -> None:
        asked.append(uids)

    async with answering(_mailbox(sizes, note)) as url:
        taken = _Taken()
        await _watched(url, taken, lambda: taken.cursor == 49)
    assert [[*range(1, 21)], [*range(21, 41)], [41, 42, 43, 44, 45, 46], [47], [48], [49]] == asked
    assert [(uid, b"H" if uid == 48 else b"W", uid != 48) for uid in sizes] == taken.letters


async def test_a_letter_that_ends_the_connection_holds_nobody_up() -> None:
    """It is tried alone, then by its header, then left behind without content; its neighbours are brought once."""

    def hang_up(uids: list[int], _: str) -> bytes | None:
        return b"* BYE\r\n" if 2 in uids else None

    async with answering(_mailbox(dict.fromkeys((1, 2, 3), 10), hang_up)) as url:
        taken = _Taken()
        await _watched(url, taken, lambda: taken.cursor == 3)
    assert [(1, b"W", True), (2, b"", False), (3, b"W", True)] == taken.letters


async def test_a_letter_that_is_only_too_much_as_a_whole_is_known_by_its_header() -> None:
    """A server that can't hand out one letter's content may still have its header."""

    def refuse(uids: list[int], command: str) -> bytes | None:
        return b"TAG NO corrupt\r\n" if 2 in uids and "HEADER" not in command else None

    async with answering(_mailbox(dict.fromkeys((1, 2), 10), refuse)) as url:
        taken = _Taken()
        await _watched(url, taken, lambda: taken.cursor == 2)
    assert [(1, b"W", True), (2, b"H", False)] == taken.letters


async def test_what_is_gone_before_it_is_fetched_is_passed() -> None:
    """Somebody tidies the mailbox meanwhile: the cursor moves over what is no longer there."""
    async with answering(_mailbox({1: 10, 2: 0, 3: 0})) as url:
        taken = _Taken()
        await _watched(url, taken, lambda: taken.cursor == 3)
    async with answering(_mailbox({4: 0, 5: 0})) as url:
        await _watched(url, taken, lambda: taken.cursor == 5)
    assert [(1, b"W", True)] == taken.letters


async def test_what_could_not_be_stored_comes_again() -> None:
    """Until it is stored nothing after it is brought."""
    async with answering(_mailbox({1: 10, 2: 10})) as url:
        taken = _Taken(refusals=2)
        await _watched(url, taken, lambda: taken.cursor == 2)
    assert [(1, b"W", True), (2, b"W", True)] == taken.letters


async def test_what_nobody_expected_is_told_and_does_not_end_the_watch() -> None:
    """A fault of ours must not end the whole process: it is told by its kind, and the letters come again."""
    async with answering(_mailbox({1: 10})) as url:
        taken = _Taken(faults=2)
        await _watched(url, taken, lambda: taken.cursor == 1)
    assert ["letters can't be taken in: ValueError"] * 2 == [told for told in taken.reports if told]


async def test_a_server_that_is_down_is_told_of_once_it_stays_down() -> None:
    """A connection that breaks now and then is nothing to tell of; each later attempt says what is wrong."""
    taken = _Taken()
    await _watched("imap://a:b@127.0.0.1:1", taken, lambda: len(taken.reports) > 2)
    assert {"the server does not answer (127.0.0.1:1: Connect call failed ('127.0.0.1', 1))"} == set(taken.reports)
    async with answering(lambda _: b"* BYE\r\n") as url:
        taken = _Taken()
        await _watched(url, taken, lambda: "" not in taken.reports and len(taken.reports) > 2)
    assert {"the connection was lost (hung up)"} == set(taken.reports)


async def test_who_may_not_watch_does_not_connect() -> None:
    """Another process has the lease."""
    commands: list[str] = []

    def answer(command: str) -> bytes:
        commands.append(command)
        return b"* OK\r\n"

    async with answering(answer) as url:
        taken = _Taken(may=False)
        task = asyncio.create_task(watch(parse(url), taken.house(), _QUICK))
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert [] == commands
