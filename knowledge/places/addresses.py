"""Streets with their numbers, and the names of houses beside a parish or behind the word for a house."""

import re
from collections.abc import Iterator, Sequence

from knowledge.latvian.text import Word
from knowledge.places import gazetteer
from knowledge.places.declension import cases_of
from knowledge.places.gazetteer import Named
from knowledge.places.mention import Mention, Part
from knowledge.places.vocabulary import (
    HOUSE_CUES,
    HOUSES,
    LANDS,
    LOCATIVE_ENDINGS,
    LOOSE_STREETS,
    NO_HOUSES,
    STREETS,
)

_HOUSE_NUMBER = re.compile(
    r"\s*,?\s*(?:nr\.?\s*)?(\d{1,3}\s?[a-zA-ZāĀ]?(?![\w])(?:\s?[/-]\s?\d{1,3}[a-zA-Z]?)?(?:\s*,?\s*(?:dz|k)\.?\s*-?\s*\d{1,3})?)"
)
_GOES_ON = re.compile(
    r"\s+(?:(?:ie|iz|ap)?stād|(?:ie|iz|ap)?stad|aug|ir\b|pagalm|dārz|darz|pie\b|aiz\b|terit|kur\b|tur\b|un\b)"
)
_ORDINAL = re.compile(r"(\d{1,2}\.\s+)$")

_QUOTED = re.compile(r"[\"„“”«‘'](?P<name>[^\W\d_][^\"„“”»«\n]{1,40}?)[\"“”»’']")
_ORGANISATION_BEFORE = re.compile(
    r"(?:\bSIA|\bA/?S|\b[zZ]/?[sS]|\bIK|\bIU|\bPII|\bVAS|biedr\w*|saimniec\w*|kooperat\w*|nodibin\w*|fond\w*|skol\w*"
    r"|d[aā]rz\w*|konkurs\w*|projekt\w*|akcij\w*|kolekt[iī]v\w*|draudz\w*|iniciat[iī]v\w*|program\w*|klub\w*|firm\w*"
    r"|uzņēm\w*|veikal\w*|audz[eē]tav\w*|vārd\w*|šķirn\w*|\bs(?:or|aukt)\w*)\s*$",
    re.IGNORECASE,
)


def find_streets(text: str, words: Sequence[Word]) -> list[Mention]:
    """Return the streets in a text, with the house number where one follows: `Skolas ielā 5`, `13. janvāra iela 15`."""
    found = []
    for index, word in enumerate(words):
        if word.folded not in STREETS or index == 0:
            continue
        start = _street_start(text, words, index)
        if start is None:
            continue
        end = _number_end(text, word.end)
        if end == word.end and word.folded in LOOSE_STREETS:
            continue
        found.append(Mention(start=start, end=end, level="street", parts=(Part(street=text[start:end].strip()),)))
    return found


def find_houses(text: str, words: Sequence[Word], names: Sequence[Mention]) -> list[Mention]:
    """Return the names of houses: behind *mājas*, or beside one of the named places (`„Bērzi”, Drustu pagasts`)."""
    anchors = [mention for mention in names if mention.level in {"settlement", "unit"}]
    houses: list[Mention] = []
    for mention in (*_quoted(text, words, anchors), *_cued(text, words, anchors), *_beside(text, words, anchors)):
        if not any(mention.start < other.end and other.start < mention.end for other in (*names, *houses)):
            houses.append(mention)
    return sorted(houses, key=lambda mention: mention.start)


def _street_start(text: str, words: Sequence[Word], index: int) -> int | None:
    """Return where the street's name begins: up to three capitalised words, or one, before the word for a street."""
    first = index
    while first > 0 and index - first < 3 and text[words[first - 1].end : words[first].start].strip(" ") in {"", "."}:
        previous = words[first - 1]
        if previous.is_number or not (previous.text[0].isupper() or first == index):
            break
        if first != index and previous.text.endswith(LOCATIVE_ENDINGS):
            break  # Līvānos Rīgas ielā: the town is no part of the street's name
        first -= 1
        if not previous.text[0].isupper():
            break
    if first == index:
        return None
    only = words[first]
    if not only.text[0].isupper() and (only.folded.endswith(("a", "aja", "o")) or len(only.folded) < 4):
        return None  # mūsu ielā, šajā ielā: no name
    ordinal = _ORDINAL.search(text, max(0, words[first].start - 6), words[first].start)
    return ordinal.start(1) if ordinal else words[first].start


def _number_end(text: str, end: int) -> int:
    """Return where the house number ends; a number before a small word counts that: `Skolas ielā 5 ozoli`."""
    match = _HOUSE_NUMBER.match(text, end)
    if match is None:
        return end
    rest = text[match.end() :]
    word = re.match(r"\s+[^\W\d_]+", rest)
    if word and word[0].strip()[0].islower() and not _GOES_ON.match(rest):
        return end
    return match.end()


def _quoted(text: str, words: Sequence[Word], anchors: Sequence[Mention]) -> Iterator[Mention]:
    for match in _QUOTED.finditer(text):
        if _ORGANISATION_BEFORE.search(text, max(0, match.start() - 30), match.start()):
            continue
        cue = _cue_before(text, words, match.start())
        if cue is not None or any(_adjoins(text, match.start(), match.end(), anchor) for anchor in anchors):
            yield _house(match.start() if cue is None else cue, match.end(), match["name"])


def _cued(text: str, words: Sequence[Word], anchors: Sequence[Mention]) -> Iterator[Mention]:
    for index, word in enumerate(words[:-1]):
        name = words[index + 1]
        if word.folded not in HOUSES or text[word.end : name.start].strip(" ") or name.is_number:
            continue
        if any(row.kind != "village" and _is_there(name, row) for row in gazetteer.settlements(name.folded)):
            continue
        capital = name.text[0].isupper() and word.folded in HOUSE_CUES and not name.text.endswith(("ā", "ē", "ī"))
        capital = capital and name.folded not in LANDS
        beside = any(_adjoins(text, name.start, name.end, anchor) for anchor in anchors)
        if capital or (beside and text[name.end : name.end + 1] == ","):
            yield _house(word.start, name.end, name.text)


def _is_there(name: Word, row: Named) -> bool:
    return not frozenset(cases_of(name.text, row.name)).isdisjoint("NL")


def _beside(text: str, words: Sequence[Word], anchors: Sequence[Mention]) -> Iterator[Mention]:
    """Yield the capitalised word before `, Drustu pagasts`, after `Sesavas pagasta`, and after `Drustu pagasts,`."""
    for anchor in anchors:
        unit = anchor.level == "unit"
        before = [word for word in words if word.end <= anchor.start]
        if before and text[before[-1].end : anchor.start].strip(" \n") == "," and _is_house(text, before[-1]):
            yield _house(before[-1].start, before[-1].end, before[-1].text)
        after = next((word for word in words if word.start >= anchor.end), None)
        if after is None or not unit or not after.text[0].isupper():
            continue
        gap = text[anchor.end : after.start].strip(" \n")
        following = text[after.end :].lstrip(" ")
        if (gap == "" and after.text.endswith(("os", "ās"))) or (
            gap == "," and after.text.endswith(("i", "as", "es")) and not following[:1].isupper()
        ):
            yield _house(after.start, after.end, after.text)


def _is_house(text: str, word: Word) -> bool:
    """Whether a capitalised word before a comma and a parish is a house: it opens its line, or is in the locative."""
    if not word.text[0].isupper() or word.folded in NO_HOUSES or word.is_number:
        return False
    opening = text[: word.start].rstrip(' "„“«(')
    if opening[-1:] in {"", ".", "!", "?", ":", "\n", ";", ","}:
        return word.text.endswith(("i", "as", "es", "os", "ās"))
    return word.text.endswith(("os", "ās"))


def _cue_before(text: str, words: Sequence[Word], start: int) -> int | None:
    before = [word for word in words if word.end <= start]
    if before and before[-1].folded in HOUSES and not text[before[-1].end : start].strip(" "):
        return before[-1].start
    return None


def _adjoins(text: str, start: int, end: int, anchor: Mention) -> bool:
    return (
        text[end : anchor.start].strip(" \n") in {"", ","}
        if end <= anchor.start
        else (text[anchor.end : start].strip(" \n.") in {"", ","})
    )


def _house(start: int, end: int, name: str) -> Mention:
    return Mention(start=start, end=end, level="house", parts=(Part(house=name.strip(" .,")),))
