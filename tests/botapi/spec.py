"""The Bot API as facts: which parameters a method takes, and what is wrong with a request.

The facts are in botapi-table.json, made by reduce.py. Its notation of a field: kinds joined by `|`, `!` if required,
then perhaps a limit. A kind is `integer`, `number`, `string`, `boolean`, `file`, `object` (not examined), `=literal`,
`[kind]` for an array, or the name of a type, which is an object of fields or again kinds joined by `|`.
"""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_TABLE = Path(__file__).with_name("botapi-table.json")
_TRUE, _FALSE = (
    ("true", "yes", "1"),
    ("false", "no", "0"),
)  # what the real server tells apart; it takes the rest for false

# How the real server words some refusals; the rest it words by MTProto constants which are not published.
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "latitude": "latitude is empty",
    "longitude": "longitude is empty",
    "message_id": "message identifier is not specified",
    "file_id": "file_id not specified",
}
_TOO_LONG = {
    "callback_data": "BUTTON_DATA_INVALID",
    "secret_token": "secret token is too long",
    "command": "BOT_COMMAND_INVALID",
    "answerCallbackQuery.text": "MESSAGE_TOO_LONG",
}
_UNREADABLE = {
    "reply_markup": "can't parse reply keyboard markup JSON object",
    "reply_parameters": "can't parse reply parameters JSON object",
    "link_preview_options": "can't parse link preview options JSON object",
    "media": "can't parse media JSON object",
    "commands": "can't parse commands JSON object",
    "scope": "can't parse BotCommandScope JSON object",
}
_WRONG = {
    "parse_mode": "unsupported parse_mode",
    "action": "wrong parameter action in request",
    "emoji": "REACTION_INVALID",
}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that came in a multipart body."""

    name: str
    data: bytes
    mime: str


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with a request: where, what we hold against it, and what the bot is told."""

    path: str
    reason: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Bounds of a value: `unit` is parsed, characters (both UTF-16 units), bytes, items or value."""

    least: int
    most: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """A parameter of a method or a field of a type."""

    kinds: tuple["Kind", ...]
    required: bool
    limit: Limit | None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind a value may be of; exactly one of the three is set."""

    name: str = ""
    literal: str = ""
    items: tuple["Kind", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method of the Bot API."""

    name: str
    fields: Mapping[str, Field]


@dataclass(kw_only=True)
class _Reading:
    """A request while it is being read: the uploads it brought and which of them were named."""

    uploads: Mapping[str, Upload]
    named: set[str] = field(default_factory=set)


def utf16(text: str) -> int:
    """Return the length of text as Telegram counts it, in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


@cache
def methods() -> Mapping[str, Method]:
    """Return all methods by their name in lower case: the real server does not mind the case."""
    return {
        name.lower(): Method(name=name, fields={key: _field(notation) for key, notation in fields.items()})
        for name, fields in _table()["methods"].items()
    }


@cache
def update_kinds() -> frozenset[str]:
    """Return the kinds of updates which a bot may ask for."""
    return frozenset(_table()["updates"])


def read(method: Method, raw: Mapping[str, Any]) -> tuple[Json, list[Problem]]:
    """Turn what came over the wire into typed parameters, with everything that is wrong with them.

    Forms carry only strings: those are converted by the kinds of their field. A problem never raises, so that one
    request shows all its problems at once.
    """
    reading = _Reading(uploads={key: value for key, value in raw.items() if isinstance(value, Upload)})
    params: Json = {}
    problems: list[Problem] = []
    for name, value in raw.items():
        known = method.fields.get(name)
        if known is None:
            if not isinstance(value, Upload):
                problems.append(_ignored(f"{method.name}.{name}", "unknown parameter"))
            continue
        try:
            params[name] = _attached(_converted(known.kinds, value), reading)
        except ValueError as reason:
            answer = _UNREADABLE.get(name, f"can't parse {name}: {reason}")
            problems.append(Problem(path=f"{method.name}.{name}", reason=str(reason), answer=answer))
        else:
            problems += _judge(known, params[name], f"{method.name}.{name}")
    seen = raw.keys() & method.fields.keys()
    problems += [
        _missing(method.name, name) for name, known in method.fields.items() if known.required and name not in seen
    ]
    spare = reading.uploads.keys() - reading.named - method.fields.keys()
    problems += [_ignored(f"{method.name}.{name}", "uploaded file which nothing refers to") for name in sorted(spare)]
    return params, problems


# Reading the table


@cache
def _table() -> Any:
    return json.loads(_TABLE.read_text(encoding="utf-8"))


@cache
def _type(name: str) -> Mapping[str, Field] | tuple[Kind, ...]:
    entry = _table()["types"][name]
    if isinstance(entry, str):
        return _kinds(entry)
    return {key: _field(notation) for key, notation in entry.items()}


def _field(notation: str) -> Field:
    kinds, _, limit = notation.partition(" ")
    bounds = re.fullmatch(r"(\d+)-(\d+) (\w+)", limit)
    return Field(
        kinds=_kinds(kinds.removesuffix("!")),
        required=kinds.endswith("!"),
        limit=Limit(least=int(bounds[1]), most=int(bounds[2]), unit=bounds[3]) if bounds else None,
    )


def _kinds(notation: str) -> tuple[Kind, ...]:
    return tuple(_kind(part) for part in re.findall(r"\[.*?\]+|[^|]+", notation))


def _kind(notation: str) -> Kind:
    if notation.startswith("["):
        return Kind(items=_kinds(notation[1:-1]))
    return Kind(literal=notation[1:]) if notation.startswith("=") else Kind(name=notation)


# From the wire to values


def _converted(kinds: tuple[Kind, ...], value: Any) -> Any:
    """Convert a string of a form into what the kinds expect; ValueError says why it cannot be."""
    names = {kind.name for kind in kinds}
    if not isinstance(value, str) or names == {"string"} or any(kind.literal for kind in kinds):
        return value
    if "boolean" in names and value.lower() in _TRUE + _FALSE:
        return value.lower() in _TRUE
    if "integer" in names and re.fullmatch(r"-?\d+", value):
        return int(value)
    if "number" in names and re.fullmatch(r"-?\d+(\.\d+)?([eE]-?\d+)?", value):
        return float(value)
    resolved = [_type(name) for name in names if name[:1].isupper()]
    if names & {"string", "file"} or any(isinstance(entry, tuple) and entry[0].literal for entry in resolved):
        return value
    if names & {"boolean", "integer", "number"}:
        raise ValueError(f"{value!r} is no {' or '.join(sorted(names))}")
    return json.loads(value)  # its error is a ValueError too


def _attached(value: Any, reading: _Reading) -> Any:
    """Put the uploaded files where attach:// names them."""
    if isinstance(value, str) and value.startswith("attach://"):
        name = value.removeprefix("attach://")
        if name not in reading.uploads:
            raise ValueError(f"media not found: no uploaded file is called {name!r}")
        reading.named.add(name)
        return reading.uploads[name]
    if isinstance(value, list):
        return [_attached(item, reading) for item in value]
    if isinstance(value, dict):
        return {key: _attached(item, reading) for key, item in value.items()}
    return value


# Judging values


def _judge(known: Field, value: Any, path: str) -> list[Problem]:
    return _of_kinds(known.kinds, value, path) or list(_beyond(known.limit, value, path))


def _of_kinds(kinds: tuple[Kind, ...], value: Any, path: str) -> list[Problem]:
    """Return the problems of value under the kind that fits it best; empty when one fits."""
    verdicts = []
    for kind in kinds:
        verdicts.append(_of_kind(kind, value, path))
        if not verdicts[-1]:
            return []
    if all(kind.literal for kind in kinds):
        return [_wrong(path, f"{_shown(value)} is not one of {_shortened(kind.literal for kind in kinds)}")]
    return min(verdicts, key=lambda problems: (_estrangement(problems, path), len(problems)))


def _estrangement(problems: list[Problem], path: str) -> int:
    """Tell how unlike a type the value is: problems with its own shape count, those deeper inside do not."""
    return sum(problem.path == path or problem.path.removeprefix(path).count(".") == 1 for problem in problems)


def _of_kind(kind: Kind, value: Any, path: str) -> list[Problem]:
    if kind.literal:
        return [] if _is_literal(kind.literal, value, path) else [_wrong(path, f"{value!r} is not {kind.literal!r}")]
    if kind.items:
        if not isinstance(value, list):
            return [_wrong(path, f"{value!r} is no array")]
        return [problem for at, item in enumerate(value) for problem in _of_kinds(kind.items, item, f"{path}[{at}]")]
    if kind.name[0].islower():
        return [] if _is_scalar(kind.name, value) else [_wrong(path, f"{_shown(value)} is no {kind.name}")]
    entry = _type(kind.name)
    return _of_kinds(entry, value, path) if isinstance(entry, tuple) else list(_of_type(kind.name, entry, value, path))


def _is_literal(literal: str, value: Any, path: str) -> bool:
    if path.endswith("parse_mode") and isinstance(value, str):
        return value.lower() == literal.lower()  # the one enumeration in which the real server does not mind the case
    return not isinstance(value, bool) and str(value) == literal


def _is_scalar(name: str, value: Any) -> bool:
    if name == "file":
        return isinstance(value, Upload | str)
    if name == "boolean" or isinstance(value, bool):
        return name == "boolean" and isinstance(value, bool)
    return isinstance(value, {"integer": int, "number": int | float, "string": str, "object": dict}[name])


def _of_type(name: str, fields: Mapping[str, Field], value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong(path, f"{_shown(value)} is no {name}")
        return
    for key, item in value.items():
        if key not in fields:
            yield _ignored(f"{path}.{key}", f"{name} has no such field")
        else:
            yield from _judge(fields[key], item, f"{path}.{key}")
    for key, known in fields.items():
        if known.required and key not in value:
            answer = f"can't parse {name}: can't find field \"{key}\""
            yield Problem(path=f"{path}.{key}", reason=f"{name} needs it", answer=answer)


def _beyond(limit: Limit | None, value: Any, path: str) -> Iterator[Problem]:
    if limit is None or limit.unit == "parsed":  # whoever parses the text measures it
        return
    size = _size(limit.unit, value)
    if size is not None and not limit.least <= size <= limit.most:
        shown = f"{size}" if limit.unit == "value" else f"{size} {limit.unit}"
        reason = f"{shown}, allowed are {limit.least}-{limit.most}"
        known = _TOO_LONG.get(path) or _TOO_LONG.get(path.rpartition(".")[2])
        yield Problem(path=path, reason=reason, answer=known or f"{path}: {reason}")


def _size(unit: str, value: Any) -> float | None:
    if unit == "value":
        return value if isinstance(value, int | float) else None
    if unit == "items":
        return len(value) if isinstance(value, list) else None
    if not isinstance(value, str):
        return None
    return len(value.encode()) if unit == "bytes" else utf16(value)


# Wording


def _missing(method: str, name: str) -> Problem:
    return Problem(
        path=f"{method}.{name}", reason="required", answer=_MISSING.get(name, f'parameter "{name}" is required')
    )


def _wrong(path: str, reason: str) -> Problem:
    return Problem(path=path, reason=reason, answer=_WRONG.get(path.rpartition(".")[2], f"{path}: {reason}"))


def _ignored(path: str, reason: str) -> Problem:
    return Problem(
        path=path, reason=f"{reason} (the real server ignores it silently)", answer=f"STRICT: {path}: {reason}"
    )


def _shortened(literals: Iterable[str]) -> str:
    return textwrap.shorten(", ".join(literals), 120)


def _shown(value: Any) -> str:
    return f"file {value.name}" if isinstance(value, Upload) else repr(value)[:80]
