"""Uploads: a file that goes to many is sent to Telegram once, and from then on by the id that Telegram gave it."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from telegram.error import BadRequest

from bot.channels.telegram.request import AiohttpRequest
from bot.messages import Outbound

_REMEMBERED = 16  # files: more broadcasts are never under way
WRONG = ("wrong file", "wrong remote file", "file_reference")  # beginnings of what Telegram says of an id, lower-cased


def shows_by_ref(message: Outbound) -> bool:
    """Whether a message names a file that Telegram is to have already."""
    return bool(message.enclosures) and bool(message.enclosures[0].ref)


class Uploads:
    """One per process: another one uploads for itself, which does no harm."""

    def __init__(self, request: AiohttpRequest) -> None:
        self._request = request
        self._ids: OrderedDict[str, str] = OrderedDict()  # by the key of the object
        self._first = asyncio.Lock()  # while one uploads, the others wait for its id

    async def send(self, url: str, parameters: Mapping[str, Any], message: Outbound) -> Any:
        """Call a method with the first file of a message and return its bare result; raises TelegramError."""
        file = message.enclosures[0]
        if file.ref:
            return await self._request.call(url, {**parameters, message.kind: file.ref})
        if not message.bulk:
            return await self._request.upload(url, parameters, message.kind, file)
        async with self._first:
            known = self._ids.get(file.key)
            if known is None:
                answer = await self._request.upload(url, parameters, message.kind, file)
                self._remember(file.key, message.kind, answer)
                return answer
        try:
            return await self._request.call(url, {**parameters, message.kind: known})
        except BadRequest as error:
            if not error.message.lower().startswith(WRONG):
                raise
        self._ids.pop(file.key, None)
        return await self._request.upload(url, parameters, message.kind, file)

    def _remember(self, key: str, kind: str, answer: Any) -> None:
        sent = answer.get(kind) if isinstance(answer, dict) else None
        largest = sent[-1] if isinstance(sent, list) and sent else sent
        if isinstance(largest, dict) and "file_id" in largest:
            self._ids[key] = str(largest["file_id"])
            while len(self._ids) > _REMEMBERED:
                self._ids.popitem(last=False)
