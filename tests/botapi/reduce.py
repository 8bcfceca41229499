"""Reduce a full Bot API description to the facts needed to judge a request: `python -m tests.botapi.reduce FROM TO`.

FROM is JSON made from the npm package @gramio/types 10.3.1 (MIT): per method and type the fields, each with types, a
required flag and a description. TO keeps names, types, required flags, enumerations and the limits which descriptions
state; no prose. `spec.py` explains the notation of TO.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

_NAMES = {"String": "string", "Boolean": "boolean", "Integer": "integer", "InputFile": "file", "Currencies": "string"}

# Deep types which only methods far from this product take: such a value must be an object, its fields are not judged.
_OPAQUE = re.compile(
    "InlineQueryResult|InputChecklist|InputInvoice|InputMessageContent|InputPaidMedia|InputPollMedia|InputPollOptionMedia"
    "|InputProfilePhoto|InputRichMessage|InputSticker|InputStoryContent|PassportElementError|StoryArea"
)

# The source calls every number "Number"; these are the ones which need not be whole.
_FRACTIONS = re.compile(r"latitude|longitude|horizontal_accuracy|[xy]_shift|scale|main_frame_timestamp")

# What the source cannot express, or loses: (method or type, field) -> our notation.
_CORRECTIONS = {
    ("sendMediaGroup", "media"): "[MediaGroupItem]! 2-10 items",
    ("ReplyKeyboardMarkup", "keyboard"): "[[KeyboardButton|string]]!",
}
_ADDED_TYPES = {
    "MediaGroupItem": "InputMediaAudio|InputMediaDocument|InputMediaLivePhoto|InputMediaPhoto|InputMediaVideo",
}

_CHARACTERS = re.compile(r"(\d+)-(\d+) (characters|bytes)(.{0,40}? after entit(?:ies|y) parsing)?", re.IGNORECASE)
_ITEMS = re.compile(r"(?:list of|include|[Aa]t most|up to) (?:(\d+)-)?(\d+) ", re.IGNORECASE)
_RANGE = re.compile(r"(?<![\d-])(\d+)-(\d+)(?![\d-])")
_COLOURS = re.compile(r"(\d+) \(0x")


def reduce(source: dict[str, Any]) -> dict[str, Any]:
    """Return the reduced description of all methods and of the types which their parameters reach."""
    methods = {name: _fields(name, method) for name, method in source["methods"].items()}
    types: dict[str, Any] = {}
    waiting = [notation for fields in methods.values() for notation in fields.values()]
    while waiting:
        for name in re.findall(r"\b[A-Z]\w+", re.sub(r"=[^|\]! ]+", "", waiting.pop())):
            if name in types:
                continue
            types[name] = _type(name, source)
            waiting += types[name].values() if isinstance(types[name], dict) else [types[name]]
    updates = [field["name"] for field in source["types"]["Update"]["fields"] if field["name"] != "update_id"]
    return {"version": _version(source), "updates": updates, "methods": methods, "types": dict(sorted(types.items()))}


def _version(source: dict[str, Any]) -> str:
    found = re.search(r"\d+\.\d+", source["version"])
    return found[0] if found else "unknown"


def _type(name: str, source: dict[str, Any]) -> dict[str, str] | str:
    if name in _ADDED_TYPES:
        return _ADDED_TYPES[name]
    described = source["types"][name]
    if "enum" in described:
        return "|".join(f"={value}" for value in described["enum"])
    if "subtypes" in described:
        return "|".join(_notation(kind, name) for kind in described["subtypes"])
    return _fields(name, described)


def _fields(owner: str, described: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: _field(owner, field) for field in described.get("fields", [])}


def _field(owner: str, field: dict[str, Any]) -> str:
    name, text = field["name"], field["description"]
    if (owner, name) in _CORRECTIONS:
        return _CORRECTIONS[owner, name]
    if "enum" in field:
        kinds = "|".join(f"={value}" for value in field["enum"])
    elif name == "icon_color":
        kinds = "|".join(f"={value}" for value in _COLOURS.findall(text))
    else:
        kinds = "|".join(_notation(kind, name) for kind in field["types"])
    return kinds + ("!" if field["required"] else "") + _limit(kinds, text)


def _notation(kind: str, field: str) -> str:
    if kind.startswith("Array of "):
        return f"[{_notation(kind.removeprefix('Array of '), field)}]"
    if kind == "Number":
        return "number" if _FRACTIONS.fullmatch(field) else "integer"
    return "object" if _OPAQUE.fullmatch(kind) else _NAMES.get(kind, kind)


def _limit(kinds: str, text: str) -> str:
    if kinds.startswith("["):
        found = _ITEMS.search(text)
        return f" {found[1] or 0}-{found[2]} items" if found else ""
    if kinds in ("integer", "number"):
        found = _RANGE.search(text)
        return f" {found[1]}-{found[2]} value" if found else ""
    found = _CHARACTERS.search(text) if kinds == "string" else None
    if found is None:
        return ""
    return f" {found[1]}-{found[2]} {'parsed' if found[4] else found[3].lower()}"


def _lines(table: dict[str, Any]) -> str:
    """One method or type a line: small, and a diff shows what a new version of the Bot API brings."""
    sections = [f'"{section}": {json.dumps(table[section])}' for section in ("version", "updates")]
    for section in ("methods", "types"):
        entries = (
            f"{json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}" for name, entry in table[section].items()
        )
        sections.append(f'"{section}": {{\n' + ",\n".join(entries) + "\n}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


if __name__ == "__main__":
    _from, _to = map(Path, sys.argv[1:])
    _to.write_text(_lines(reduce(json.loads(_from.read_text(encoding="utf-8")))), encoding="utf-8")
