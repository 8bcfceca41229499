"""The source of what people attach: cut out of the letters that are kept, as often as it is asked for."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from obstore.exceptions import BaseError as StoreError

from bot.attachments.store import ObjectStore
from bot.channels.email.letter import Letter
from bot.database import Database
from bot.mailroom import records
from bot.messages import FetchError


@dataclass(eq=False, kw_only=True, slots=True)
class LetterSource:
    """Hands out attachments by `LETTER/NUMBER`. `keeper` is our mailbox."""

    keeper: str
    database: Database
    store: ObjectStore
    read: Callable[[bytes], Letter]

    async def fetch(self, ref: str, limit: int) -> bytes:
        """Return an attachment of at most `limit` bytes; raises FetchError."""
        letter_id, _, number = ref.partition("/")
        entry = await self.database.read(lambda tx: records.get(tx, int(letter_id)))
        if entry is None or not entry.object_key:
            raise FetchError("gone", again=False)
        content = await asyncio.to_thread(self._content, entry.object_key, int(number))
        if len(content) > limit:
            raise FetchError("too_big", again=False)
        return content

    def _content(self, object_key: str, number: int) -> bytes:
        try:
            raw = self.store.get(object_key)
        except FileNotFoundError:
            raise FetchError("gone", again=False) from None
        except (OSError, StoreError) as error:
            raise FetchError(type(error).__name__, again=True) from None
        found = (one.content for one in self.read(raw).attachments if one.number == number)
        content = next(found, None)
        if content is None:
            raise FetchError("gone", again=False)
        return content
