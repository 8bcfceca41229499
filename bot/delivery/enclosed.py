"""Enclosed: what goes along with a message is read from the object store when it is sent."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.messages import Enclosure, Fate, Outbound, SendError

Load = Callable[[str], bytes]  # reads an object; raises FileNotFoundError; waits
_KEPT = 4  # files: so many broadcasts are hardly ever under way


@dataclass(eq=False)
class Enclosing:
    """Fills messages with their files. What goes to many is read once, and kept while it does."""

    load: Load | None = None
    _kept: OrderedDict[str, bytes] = field(default_factory=OrderedDict)

    async def whole(self, message: Outbound) -> Outbound:
        """Fetch what is enclosed; raises SendError where it is gone or its store does not answer."""
        if not message.enclosures:
            return message
        try:
            files = [await self._filled(file, many=message.bulk) for file in message.enclosures]
        except FileNotFoundError:
            raise SendError(Fate.REFUSED, "what is enclosed is gone") from None
        except Exception as error:
            raise SendError(Fate.NOT_SENT, f"the object store: {type(error).__name__}") from error
        return replace(message, enclosures=tuple(files))

    async def _filled(self, file: Enclosure, *, many: bool) -> Enclosure:
        if file.ref:
            return file
        if self.load is None:
            raise FileNotFoundError
        content = self._kept.get(file.key) if many else None
        if content is None:
            content = await asyncio.to_thread(self.load, file.key)
        if many:
            self._kept[file.key] = content
            self._kept.move_to_end(file.key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return replace(file, content=content)
