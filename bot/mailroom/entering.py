"""Entering: what a letter turns out to be is written into the mail ledger, with all that follows from it at once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.alarms import Alarms
from bot.channels.email import token
from bot.channels.email.letter import Failure, Letter, Outcome, Trust
from bot.mailroom import records
from bot.mailroom.records import CHANNEL, Entry
from bot.messages import Address
from bot.people import contacts

DUPLICATE, FAILED, HELD, MESSAGE = "duplicate", "failed", "held", str(Outcome.MESSAGE)

_HOUR = timedelta(hours=1)
_MOST_FROM_ONE = 20  # letters an hour of one sender; nobody writes more, machines do
_MOST_BOUNCES = 5  # within a month, without a word from the person
_MOST_FAILURES = 50  # recipients that one report is believed about
_LONGEST_ADDRESS = 320  # RFC 3696

# Hears of a letter that can't be read or must not be, once, in the transaction that enters it.
OnRefused = Callable[[Connection, Letter, datetime], None]
# Hears of a letter of ours that came back for good: from whom, its message id where the report says, and when.
OnReturned = Callable[[Connection, Address, str, datetime], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A letter out of its mailbox, read as far as it could be: `letter` is None where it could not, `why` says why."""

    mailbox: str
    uidvalidity: int
    uid: int
    raw: bytes = field(repr=False)
    size: int
    whole: bool
    arrived_at: datetime
    letter: Letter | None
    why: str = ""

    @property
    def sha256(self) -> str:
        """What its content is known by."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def identity(self) -> str:
        """What the letter is known by, whichever number the mailbox gives it, and in whichever copy it comes."""
        if self.letter is None or not self.letter.message_id or self.letter.written_at is None:
            return self.sha256  # some machines give everything they send the same number
        marks = f"{self.letter.message_id}|{self.letter.written_at.isoformat()}|{self.letter.sender}"
        return hashlib.sha256(marks.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Clerk:
    """Enters letters, in the transaction that it is given."""

    alarms: Alarms
    secret: str
    on_refused: OnRefused | None = None
    on_returned: OnReturned | None = None

    def knows(self, tx: Connection, opened: Opened) -> bool:
        """Whether a letter's content is kept already, or need not be."""
        there = records.find(tx, opened.mailbox, opened.uidvalidity, opened.uid)
        return there is not None or _original(tx, opened) is not None

    def enter(self, tx: Connection, opened: Opened, object_key: str, now: datetime) -> Entry:
        """Enter a letter once; the entry there is, where it has been entered before."""
        there = records.find(tx, opened.mailbox, opened.uidvalidity, opened.uid)
        if there:
            return there
        outcome, reason = self._outcome(tx, opened, now)
        letter = opened.letter
        letter_id = records.enter(
            tx,
            mailbox=opened.mailbox,
            uidvalidity=opened.uidvalidity,
            uid=opened.uid,
            identity=opened.identity,
            sha256=opened.sha256,
            outcome=outcome,
            reason=reason[:200],
            size=opened.size,
            whole=opened.whole,
            address=str(sender_of(letter)) if letter and letter.sender else None,
            message_id=(letter.message_id[:400] if letter else "") or None,
            object_key=None if outcome == DUPLICATE else object_key,
            arrived_at=opened.arrived_at,
            received_at=now,
        )
        if letter_id is not None:
            self._follow(tx, letter_id, outcome, letter, now)
        entered = records.find(tx, opened.mailbox, opened.uidvalidity, opened.uid)
        if entered is None:
            raise RuntimeError("a letter was entered and is not there")
        return entered

    def _outcome(self, tx: Connection, opened: Opened, now: datetime) -> tuple[str, str]:
        letter = opened.letter
        if original := _original(tx, opened):
            return DUPLICATE, f"of {original.id}"
        if letter is None:
            return FAILED, opened.why
        if letter.outcome is not Outcome.MESSAGE:
            return str(letter.outcome), letter.reason
        is_of_staff = bool(token.case_of(letter.token)) and token.opened(letter.token, letter.sender, self.secret)
        if is_of_staff and letter.trust is Trust.PASS:
            return MESSAGE, letter.reason
        if records.count_from(tx, str(sender_of(letter)), now - _HOUR) >= _MOST_FROM_ONE:
            return HELD, f"more than {_MOST_FROM_ONE} letters an hour"
        return MESSAGE, letter.reason

    def _follow(self, tx: Connection, letter_id: int, outcome: str, letter: Letter | None, now: datetime) -> None:
        """Do what follows from an outcome, once."""
        if letter is None:
            return
        if outcome == HELD:
            which = hashlib.sha256(letter.sender.encode()).hexdigest()[:12]  # alarms show no addresses
            self.alarms.ring(tx, f"loop:{which}", now, letter=letter_id)
        elif outcome == Outcome.REFUSED and self.on_refused:
            self.on_refused(tx, letter, now)
        elif outcome == Outcome.BOUNCE:
            for failure in letter.failures[:_MOST_FAILURES]:
                self._follow_failure(tx, letter_id, letter, failure, now)

    def _follow_failure(self, tx: Connection, letter_id: int, letter: Letter, failure: Failure, now: datetime) -> None:
        """Remember that an address does not work. A report is believed at once only about a letter that we sent."""
        address = failure.address.lower()[:_LONGEST_ADDRESS] or self._told_by(tx, letter)
        if not address:
            return
        sent, to_staff = records.sent_to(tx, address, failure.message_id)
        sent = sent or token.opened(letter.token, address, self.secret)
        count = records.note_bounce(tx, letter_id, address, now, permanent=failure.permanent, status=failure.status)
        if to_staff:
            self.alarms.ring(tx, f"bounce:{letter_id}", now, letter=letter_id, status=failure.status)
        elif (failure.permanent and sent) or count >= _MOST_BOUNCES:
            gone = Address(CHANNEL, address)
            contacts.mark_gone(tx, gone, now, f"letters come back: {failure.status or '?'}")
            if self.on_returned:
                self.on_returned(tx, gone, failure.message_id, now)

    def _told_by(self, tx: Connection, letter: Letter) -> str:
        """Return the address that a report came back for, by the token that the report was sent to."""
        known = records.addresses_of(tx, token.prompt_of(letter.token))
        return next((one for one in known if token.opened(letter.token, one, self.secret)), "")


def _original(tx: Connection, opened: Opened) -> Entry | None:
    """Return the letter that this is another copy of, if that one has come to its end."""
    twin = records.twin(tx, opened.identity)
    ended = twin and (twin.outcome not in {MESSAGE, FAILED} or records.is_decided(tx, opened.identity))
    return twin if ended else None


def sender_of(letter: Letter) -> Address:
    """Return whose a letter is; the part before the @ is nowhere told apart by case."""
    return Address(CHANNEL, letter.sender.lower())


def is_usable(letter: Letter) -> bool:
    """Whether a message has somebody whom we can answer."""
    return letter.outcome is not Outcome.MESSAGE or 0 < len(letter.sender) <= _LONGEST_ADDRESS
