"""Compact JSON: how what is stored and sent is written and read, a dozen times for every message."""

import json
from typing import Any

import orjson

# Only what JSON itself knows: a time or a dataclass in it is a mistake, and stays one.
_STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def dumps(value: Any) -> str:
    """Write JSON without spaces; raises TypeError on what JSON can't hold."""
    return dump(value).decode()


def dump(value: Any) -> bytes:
    """Write it as UTF-8, which half a surrogate pair is not: then it is escaped."""
    try:
        return orjson.dumps(value, option=_STRICT)
    except orjson.JSONEncodeError:
        # Numbers of more than 64 bits, keys that are numbers, broken text: rare, and nothing to fail over.
        return json.dumps(value, separators=(",", ":")).encode()


def loads(text: str | bytes) -> Any:
    """Read JSON; raises ValueError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)  # takes half a surrogate pair, and leaves it to the reader
