"""The mailroom of one mailbox: keeps its letters, enters them, hands messages on to the inbox, and minds the watch."""

import asyncio
import hashlib
import logging
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from obstore.exceptions import BaseError as StoreError
from sqlalchemy.engine import Connection

from bot.alarms import Alarms
from bot.attachments.store import new_key
from bot.channels.email import token
from bot.channels.email.account import Account
from bot.channels.email.compose import Composer
from bot.channels.email.imap import Arrived
from bot.channels.email.letter import Letter, Outcome
from bot.channels.email.watching import House, Patience, watch
from bot.clock import Clock
from bot.database import DatabaseDownError
from bot.delivery.body import UNREADABLE
from bot.inbox import ledger
from bot.inbox.receive import Inbox
from bot.intake import UnreadableError
from bot.mailroom import records
from bot.mailroom.entering import FAILED, HELD, MESSAGE, Clerk, Opened, is_usable, sender_of
from bot.mailroom.records import CHANNEL, Entry
from bot.mailroom.source import LetterSource
from bot.mailroom.translating import in_ones_own_name, in_the_name_of, raw_of, translate
from bot.messages import Address, Inbound
from bot.people import guests
from bot.traces import trace
from bot.vigil import Vigil
from bot.worker import Duties

_log = logging.getLogger(__name__)

_READ_SECONDS = 60.0  # that reading one letter may take; hostile ones are made to take for ever
_UNREADABLE = "unreadable"  # how a reason begins that is our own fault
_HOUR = timedelta(hours=1)

T = TypeVar("T")


@dataclass(eq=False, kw_only=True)
class Mailroom:
    """One per process and mailbox. `letters` are those that are kept; with `most_hourly` we suspect a loop."""

    account: Account
    address: str
    secret: str
    clerk: Clerk
    composer: Composer
    letters: LetterSource
    inbox: Inbox
    clock: Clock
    duties: Duties
    alarms: Alarms
    most_hourly: int
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        self._vigil = Vigil(
            name="mailbox",
            lease=self.pulse,
            pulse=self.pulse,
            database=self.letters.database,
            clock=self.clock,
            duties=self.duties,
        )

    @property
    def pulse(self) -> str:
        """The name of the pulse that beats while the mailbox can be looked into, and of the watch's lease."""
        return pulse_of(self.address)

    async def run(self) -> None:
        """Watch until cancelled, while this process holds the mailbox's lease."""
        house = House(may_watch=self._vigil.holds, cursor=self._cursor, take=self.take, report=self._vigil.report)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._vigil.keep())
            await watch(self.account, house, self.patience)

    async def take(self, uidvalidity: int, arrived: Sequence[Arrived], upto: int) -> bool:
        """Take letters in, everybody's in order; False when some could not be stored and all must come again."""
        try:
            if arrived and await self._is_flooded():
                return False
            entered = await _all(self._enter(uidvalidity, letter) for letter in arrived)
            lines: dict[str, list[tuple[Opened, Entry]]] = {}
            for opened, entry in entered:
                lines.setdefault(opened.letter.sender if opened.letter else f"#{opened.uid}", []).append(
                    (opened, entry)
                )
            await _all(self._hand_on_in_turn(line) for line in lines.values())
            await self.letters.database.write(
                lambda tx: records.advance(tx, self.account.name[:400], uidvalidity, upto)
            )
        except DatabaseDownError:
            _log.warning("letters: the database does not answer")
            return False
        except (OSError, StoreError) as error:
            await self._vigil.report(f"letters can't be kept: {type(error).__name__}")
            return False
        return True

    async def retry(self, inbound_id: int, raw: Any) -> str:
        """Take a letter in again that could not be handled; raises UnreadableError where it still can't be read."""
        entry = await self.letters.database.read(lambda tx: records.get(tx, raw["letter"]))
        if entry is None or not entry.object_key:
            raise UnreadableError("the letter has been erased")
        letter = await self._kept(entry)
        if letter.outcome is Outcome.MESSAGE:
            outcome = await self.inbox.receive(await self._inbound(letter, entry), retries=inbound_id)
            if outcome != FAILED:
                await self.letters.database.write(lambda tx: records.settle(tx, entry.id, MESSAGE))
            return outcome

        def end(tx: Connection) -> None:
            ledger.take_up(tx, inbound_id, str(letter.outcome))
            records.settle(tx, entry.id, str(letter.outcome), letter.reason)

        await self.letters.database.write(end)
        return str(letter.outcome)

    async def release(self, letter_id: int) -> str:
        """Take in a letter that was held for its sender's writing too many; raises UnreadableError where it can't be.

        Killed in between it can be called again: the inbox takes each letter once.
        """
        entry = await self.letters.database.read(lambda tx: records.get(tx, letter_id))
        if entry is None or entry.outcome != HELD or not entry.object_key:
            raise UnreadableError("no letter is held under this number, or it has been erased")
        letter = await self._kept(entry)
        item = await self._spoken_for(await self._inbound(letter, entry))
        outcome = await self.inbox.receive(item)
        await self._take_once_more(item.chat)
        await self.letters.database.write(lambda tx: records.settle(tx, entry.id, MESSAGE))
        return outcome

    async def _kept(self, entry: Entry) -> Letter:
        try:
            content = await asyncio.to_thread(self.letters.store.get, entry.object_key)
            return await asyncio.to_thread(self.letters.read, content)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter stays with it
            raise UnreadableError(_shown(error)) from None

    async def _enter(self, uidvalidity: int, arrived: Arrived) -> tuple[Opened, Entry]:
        """Read a letter, keep it, enter it: in this order, so that an entry always has its content."""
        now = self.clock.now()
        letter, why = await self._read(arrived)
        opened = Opened(
            mailbox=self.account.name[:400],
            uidvalidity=uidvalidity,
            uid=arrived.uid,
            raw=arrived.raw,
            size=arrived.size,
            whole=arrived.whole,
            arrived_at=min(arrived.arrived_at or now, now),
            letter=letter,
            why=why,
        )

        key = ""
        if not await self.letters.database.read(lambda tx: self.clerk.knows(tx, opened)):
            key = await self._keep(arrived.raw)
        try:
            return opened, await self.letters.database.write(lambda tx: self.clerk.enter(tx, opened, key, now))
        except DatabaseDownError:
            raise
        except Exception as error:  # noqa: BLE001 - not even as it is could it be entered
            _log.error("letter %d could not be entered: %s", arrived.uid, trace(error))
            failed = _failed(opened, error)
            key = key or await self._keep(arrived.raw)
            return failed, await self.letters.database.write(lambda tx: self.clerk.enter(tx, failed, key, now))

    async def _keep(self, raw: bytes) -> str:
        key = new_key(hashlib.sha256(raw).hexdigest())
        await asyncio.to_thread(self.letters.store.put, key, raw)
        return key

    async def _read(self, arrived: Arrived) -> tuple[Letter | None, str]:
        if not arrived.raw and arrived.size:
            return None, "it can't be fetched"
        try:
            async with asyncio.timeout(_READ_SECONDS):
                letter = await asyncio.to_thread(self.letters.read, arrived.raw)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter stays with it
            _log.error("letter %d could not be read: %s", arrived.uid, trace(error))
            return None, _shown(error)
        if letter.outcome is Outcome.REFUSED and letter.reason.startswith(_UNREADABLE):
            _log.error("letter %d could not be read: %s", arrived.uid, letter.reason)
            return None, letter.reason
        return (letter, "") if is_usable(letter) else (None, "it has no usable sender")

    async def _hand_on_in_turn(self, line: Sequence[tuple[Opened, Entry]]) -> None:
        """Hand on what one person wrote, in that order: a correction must not come before what it corrects."""
        for opened, entry in line:
            await self._hand_on(opened, entry)

    async def _hand_on(self, opened: Opened, entry: Entry) -> None:
        """Bring a message into the inbox, which takes each once, however often it is brought."""
        if entry.outcome == MESSAGE and opened.letter:
            try:
                item = await self._spoken_for(await self._inbound(opened.letter, entry))
                await self.inbox.receive(item)
                await self._take_once_more(item.chat)
            except DatabaseDownError:
                raise
            except Exception as error:  # noqa: BLE001 - not even as failed could it be stored as it is
                _log.error("letter %d could not be stored: %s", entry.id, trace(error))
                await self.inbox.refuse(CHANNEL, entry.identity, raw_of(entry.id), _shown(error))
        elif entry.outcome in {MESSAGE, FAILED}:
            await self.inbox.refuse(CHANNEL, entry.identity, raw_of(entry.id), opened.why)

    async def _spoken_for(self, item: Inbound) -> Inbound:
        """Return an inbound in the name of whoever its writer answers for."""
        envelope = item.envelope
        prompt = (envelope.prompt or envelope.foreign_prompt) if envelope else ""
        if not prompt:
            return item
        if await self.letters.database.read(lambda tx: guests.is_everybodys(tx, prompt)):
            return in_ones_own_name(item, prompt)
        owner = await self.letters.database.read(lambda tx: guests.speaks_for(tx, item.sender, prompt))
        return in_the_name_of(item, owner, prompt) if owner else item

    async def _take_once_more(self, writer: Address) -> None:
        """Take in what waited for its writer to say in whose name it was written."""
        for letter in await self.letters.database.read(lambda tx: guests.waiting(tx, writer)):
            entry = await self.letters.database.read(partial(records.twin, identity=letter.letter))
            if entry and entry.object_key:
                raw = await asyncio.to_thread(self.letters.store.get, entry.object_key)
                item = await self._inbound(await asyncio.to_thread(self.letters.read, raw), entry)
                item = in_the_name_of(item, letter.owner, letter.prompt_id)
                await self.inbox.receive(replace(item, external_id=f"{item.external_id}:{letter.contact_id}"))
            await self.letters.database.write(partial(guests.settle, sender=writer, taken=letter))

    async def _inbound(self, letter: Letter, entry: Entry) -> Inbound:
        original = await self._answered(letter) if letter.quoted and letter.token else ""
        coded = await self._coded(letter) if letter.code and not letter.tokens else ""
        now = self.clock.now()
        return translate(letter, entry=entry, now=now, secret=self.secret, coded=coded, original=original)

    async def _coded(self, letter: Letter) -> str:
        """Return the prompt of the sender that the code in the subject names: of somebody else's it says nothing."""
        address = str(sender_of(letter))
        return await self.letters.database.read(lambda tx: records.coded(tx, address, letter.code))

    async def _answered(self, letter: Letter) -> str:
        """Return the text of our letter that is answered; '' when it has been erased, or went to somebody else."""
        prompt = token.prompt_of(letter.token)
        sent = await self.letters.database.read(lambda tx: records.shown(tx, prompt))
        return self.composer.text(sent, letter.token) if sent and sent.kind != UNREADABLE else ""

    async def _is_flooded(self) -> bool:
        """Stop for a while where more letters come than people write; they wait in the mailbox."""
        if not self.most_hourly:
            return False
        now = self.clock.now()
        count = await self.letters.database.read(lambda tx: records.count_all(tx, now - _HOUR))
        if count < self.most_hourly:
            return False
        await self.letters.database.write(lambda tx: self.alarms.ring(tx, "letters", now, count=count))
        await self._vigil.report(f"{count} letters within an hour: the others wait (MAIL_INTAKE_HOURLY)")
        return True

    async def _cursor(self, uidvalidity: int) -> int | None:
        try:
            return await self.letters.database.read(lambda tx: records.cursor(tx, self.account.name[:400], uidvalidity))
        except DatabaseDownError:
            return None


def pulse_of(address: str) -> str:
    """Return the name of the pulse that beats while the mailbox can be looked into; '' where there is none."""
    return f"mail:{address}"[:120] if address else ""


async def _all(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Wait for all, whatever becomes of some; then raise what the first of those met with."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    results: list[T] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        results.append(outcome)
    return results


def _failed(opened: Opened, error: Exception) -> Opened:
    """Return a letter without anything of what was read, which could not be stored."""
    return Opened(
        mailbox=opened.mailbox,
        uidvalidity=opened.uidvalidity,
        uid=opened.uid,
        raw=opened.raw,
        size=opened.size,
        whole=opened.whole,
        arrived_at=opened.arrived_at,
        letter=None,
        why=_shown(error),
    )


def _shown(error: Exception) -> str:
    """Write an error so that any database takes it."""
    return f"{type(error).__name__}: {error}".encode("utf-8", "replace").decode().replace("\0", "")[:200]
