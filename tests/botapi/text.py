"""A text or caption of a request, as it will stand in the message: parsed, cleaned, measured."""

import re
from typing import Any

from tests.botapi.errors import ignored, violation
from tests.botapi.html import parse_html
from tests.botapi.spec import Json, utf16
from tests.botapi.world import World

MAX_TEXT = 4096  # UTF-16 units after parsing
MAX_CAPTION = 1024
_MAX_RAW = 1 << 15  # bytes before parsing

_CONTROLS = {**dict.fromkeys([*range(9), 11, 12, *range(14, 32)], " "), ord("\r"): None}
_FOUND_BY_TELEGRAM = {
    "url": re.compile(r"\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)]"),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w+)?(?!\w)"),
    "phone_number": re.compile(r"(?<![\w+])\+\d[\d ()-]{6,}\d"),
    "hashtag": re.compile(r"(?<!\w)#\w+"),
    "mention": re.compile(r"(?<![\w@])@\w{4,}"),
}


def text_of(world: World, params: Json) -> Json:
    """Return `text` and `entities` of a message; a text is never empty."""
    if not params.get("text"):
        raise violation("message text is empty")
    text, entities = _formatted(world, params, "text", "entities")
    if not text:
        raise violation("text must be non-empty")
    if utf16(text) > MAX_TEXT:
        raise violation("message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def caption_of(world: World, params: Json) -> Json:
    """Return `caption` and `caption_entities` of a message, or nothing when it has none."""
    text, entities = _formatted(world, params, "caption", "caption_entities")
    if utf16(text) > MAX_CAPTION:
        raise violation("message caption is too long")
    if not text:
        return {}
    return {"caption": text, **({"caption_entities": entities} if entities else {})}


def found_entities(text: str, taken: list[Json]) -> list[Json]:
    """Return taken with the links, addresses, commands ... which Telegram finds by itself outside of it, sorted."""
    entities = list(taken)
    for kind, pattern in _FOUND_BY_TELEGRAM.items():
        for found in pattern.finditer(text):
            entity = {"type": kind, "offset": utf16(text[: found.start()]), "length": utf16(found[0])}
            if not any(_overlap(entity, other) for other in entities if other["type"] not in _STYLES):
                entities.append(entity)
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


_STYLES = {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"}


def _formatted(world: World, params: Json, key: str, entities_key: str) -> tuple[str, list[Json]]:
    raw = params.get(key, "")
    if len(raw.encode()) > _MAX_RAW:
        raise violation("text is too long")
    text, mode = raw.translate(_CONTROLS), params.get("parse_mode", "").lower()
    entities: list[Json] = params.get(entities_key) or []
    if mode and entities:
        raise ignored(f"{entities_key} beside parse_mode is dropped")
    if mode.startswith("markdown"):
        raise ignored("parse_mode Markdown: this product writes HTML only")
    if mode == "html":
        parsed = parse_html(text)
        if parsed.ignored:
            raise ignored("; ".join(parsed.ignored))
        text, entities = parsed.text, [_known_person(world, entity) for entity in parsed.entities]
    else:
        _check_entities(text, entities)
    text, entities = _trimmed(text, entities)
    return text, found_entities(text, entities)


def _known_person(world: World, entity: Json) -> Json:
    if entity["type"] != "text_mention":
        return entity
    user = world.users.get(entity["user"]["id"])
    if user is None:
        raise ignored(f"a mention of {entity['user']['id']}, whom the bot never met, is dropped")
    return {**entity, "user": user}


def _check_entities(text: str, entities: list[Json]) -> None:
    length = utf16(text)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if not 0 <= start < end <= length:
            raise ignored(f"entity {entity['type']} at {start}-{end} is outside of the text, which has {length} units")


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut white space at both ends, as Telegram does, and move the entities along."""
    cut = len(text) - len(text.lstrip())
    trimmed = text.strip()
    length = utf16(trimmed)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] - cut + entity["length"], length)
        if start < end:
            moved.append({**entity, "offset": start, "length": end - start})
    return trimmed, moved


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    starts_before = one["offset"] < other["offset"] + other["length"]
    return bool(starts_before and other["offset"] < one["offset"] + one["length"])
