"""From an HTTP request to raw parameters: JSON, urlencoded, query string or multipart, by GET or POST."""

import json
from typing import Any

from aiohttp import BodyPartReader, web

from tests.botapi.errors import violation
from tests.botapi.spec import Upload


async def read_request(request: web.Request) -> dict[str, Any]:
    """Return the parameters of a request: strings, values out of JSON, and Uploads."""
    raw: dict[str, Any] = dict(request.query)
    if not request.can_read_body:
        return raw
    if request.content_type == "application/json":
        raw.update(await _read_json(request))
    elif request.content_type == "application/x-www-form-urlencoded":
        raw.update({key: str(value) for key, value in (await request.post()).items()})
    elif request.content_type == "multipart/form-data":
        raw.update(await _read_multipart(request))
    else:
        raise violation(f"unsupported content type {request.content_type}: STRICT: the real server ignores such a body")
    return raw


async def _read_json(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise violation("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise violation("JSON object expected")
    return body


async def _read_multipart(request: web.Request) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            raise violation("a part of the body has no name")
        if part.filename is None:
            raw[part.name] = await part.text()
        else:
            mime = part.headers.get("Content-Type", "")
            raw[part.name] = Upload(name=part.filename, data=bytes(await part.read()), mime=mime)
    return raw
