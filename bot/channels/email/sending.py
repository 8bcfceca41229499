"""Sending: an Outbound becomes a letter on its way, and what the mail server says of it becomes a fate."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.channels.email.compose import Composer, Letterhead
from bot.channels.email.pool import Limits, Pool, Relay
from bot.channels.email.quota import Quota, Recent
from bot.channels.email.transaction import Refused
from bot.clock import Clock
from bot.messages import Address, Destination, Fate, Outbound, Pace, SendError

_log = logging.getLogger(__name__)

# Asked to come later: greylisting wants minutes, a full mailbox hours, and after two days nobody waits any more.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)
_PATIENCE = timedelta(days=2)


class EmailChannel:
    """The mailbox's outgoing side; `close` after use. Raises ValueError for an address or a URL that can't be used."""

    name = "mailto"
    pace = Pace.FORM

    def __init__(
        self,
        letterhead: Letterhead,
        smtp_url: str,
        clock: Clock,
        *,
        hourly: int = 0,
        recent: Recent | None = None,
        limits: Limits | None = None,
        token_command: str = "",
    ) -> None:
        self._composer = Composer(letterhead)
        self._pool = Pool(replace(Relay.parse(smtp_url), token_command=token_command), self._composer.domain, limits)
        self._quota = Quota(hourly, recent)
        self._clock = clock
        self._put_off: dict[str, tuple[datetime, int]] = {}  # delivery -> since when, and how often

    async def close(self) -> None:
        """Let what is on the wire finish, and close the connections."""
        await self._pool.close()

    async def probe(self) -> None:
        """Connect to the mail server and log in; raises SendError(NOT_SENT) saying what did not work."""
        await self._pool.probe()

    async def send(self, to: Destination, message: Outbound) -> str:
        """Send one letter and return its Message-ID; raises SendError."""
        now = self._clock.now()
        letter = self._composer.compose(to, message, now)
        if wait := await self._quota.take(letter.message_id, now, bulk=message.bulk):
            raise SendError(Fate.LATER, "as many letters as an hour allows", wait=wait)
        try:
            refused = await self._pool.send(letter)
        except SendError as error:
            if error.fate is not Fate.UNKNOWN:
                self._quota.give_back(letter.message_id)
            raise self._weighed(to.token, error, now) from error
        self._put_off.pop(to.token, None)
        for refusal in refused:
            _log.warning("delivery %s: a copy was not taken: %s", to.token, refusal.reason)
        return letter.message_id

    async def acknowledge(self, receipt: str, text: str) -> None:
        """Do nothing: a letter waits for no acknowledgement."""

    async def typing(self, chat: Address) -> None:
        """Do nothing."""

    def _weighed(self, delivery: str, error: SendError, now: datetime) -> SendError:
        """Say how long to wait with a letter that was put off, longer each time; after two days it is refused."""
        if error.fate in (Fate.REFUSED, Fate.GONE):
            self._put_off.pop(delivery, None)
        if error.fate is not Fate.LATER or not isinstance(error, Refused):
            return error
        since, times = self._put_off.get(delivery, (now, 0))
        if now - since > _PATIENCE:
            del self._put_off[delivery]
            return SendError(Fate.REFUSED, f"put off for two days: {error.reason}")
        self._put_off[delivery] = since, times + 1
        self._forget_old(now)
        wait = min(_FIRST_WAIT * 2 ** min(times, 10), _LONGEST_WAIT)
        return SendError(Fate.LATER, error.reason, wait=wait.total_seconds())

    def _forget_old(self, now: datetime) -> None:
        """Forget what was put off and never tried again: it was erased, or another process has sent it."""
        while now - next(iter(self._put_off.values()))[0] > 2 * _PATIENCE:
            del self._put_off[next(iter(self._put_off))]
