"""Acts: what a message does in a conversation (yes, back, why, a correction, a wish for a person ...).

The phrases are data, `acts.yaml`. Short messages are read generously, typos included; of a longer one only what
can mean nothing else counts, and everything the acts leave over stays with the caller as `rest`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from knowledge.correction import Correction, find_correction
from knowledge.found import Found
from knowledge.latvian.word_list import word_list
from knowledge.phrases import Hit, Line, Phrasebook, line_of

_FILE = Path(__file__).with_name("acts.yaml")
_ASKING = Path(__file__).with_name("asking.yaml")
_SHORT = 10  # words, up to which the phrases under `short` count
_LONGEST_READ = 2000  # characters; nobody says more before they say what they want
_TYPO_LETTERS = 5  # a word shorter than this is not guessed at
# What still counts after other content: `Cēsis, turpināšu vēlāk`.
_TRAILING = frozenset(
    ("thanks", "farewell", "pause", "cancel", "human", "help", "filler", "dont_know", "greeting", "link")
)
# What people say before they come to the point, often without a mark after it.
_RUNNING_IN = frozenset(("greeting", "thanks", "filler"))
# Acts that a question may hold; others in it are words of the question: `atpakaļ kartē kā tikt?`
_IN_QUESTIONS = frozenset(
    word_list("yes no why greeting thanks farewell human unsubscribe forget_me my_data insult who minor link")
)
_ADULT = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One thing a message does, and the part `start` to `end` of the text that does it.

    `rest` is what follows up to the next act, None where nothing does. `value` is the language wished for
    (`lv`, `en`, `ru`) of a `language` act; `correction` the parts of a `correction`.
    """

    kind: str
    start: int
    end: int
    rest: Found[str] | None = None
    value: str | None = None
    correction: Correction | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What a message does, and whether it asks something."""

    acts: tuple[Act, ...]
    asks: bool


def acts(text: str) -> tuple[Act, ...]:
    """Return what a message does, in the order said; empty where it is plain content or a plain question.

    Kinds: yes, no, back, skip, dont_know, why, restart, cancel, pause, resume, review, human, help, greeting,
    farewell, thanks, insult, add_more, correction, my_trees, link, unlink, language, who, minor, unsubscribe,
    forget_me, my_data, repeat, unclear (only marks: `?`). A word with two senses yields both acts over the same span
    (`nav`: no, skip; `stop`: cancel, unsubscribe): which one is meant depends on what was asked.
    """
    return hear(text).acts


@lru_cache(maxsize=8)  # several readers ask about the same message
def hear(text: str) -> Heard:
    """Return what a message does (see `acts`) and whether it asks, read in one go."""
    line = line_of(text[:_LONGEST_READ])
    if not line.folded.strip(" .,"):
        unclear = (Act(kind="unclear", start=0, end=len(text)),) if text.strip() else ()
        return Heard(acts=unclear, asks="?" in text)
    asks = _is_question(line)
    found = list(_found(line, asks=asks))
    found += [*_correction(text, found, asks=asks), *_minor(line)]
    return Heard(acts=tuple(_with_rest(text, sorted(found, key=lambda act: act.start))), asks=asks)


def is_question(text: str) -> bool:
    """Whether a text asks: by its question mark, its first word, or words like `gribēju jautāt`."""
    return _is_question(line_of(text[:_LONGEST_READ]))


def _is_question(line: Line) -> bool:
    text = line.text
    if any(token.folded == "." and "?" in text[token.start : token.end] for token in line.tokens):
        return True
    for index in range(len(line.tokens)):
        if line.is_sentence_start(index) and _asks(line, index):
            return True
    return " ли " in line.folded or any("asks" in hit.kinds for hit in _questions().anywhere(line))


def _found(line: Line, *, asks: bool) -> Iterator[Act]:
    """Yield the acts that count wherever they stand, then those of clauses."""
    taken: set[int] = set()
    for hit in [*_strong(line), *_clauses(line)]:
        if taken.isdisjoint(range(hit.first, hit.last)):
            taken.update(range(hit.first, hit.last))
            for kind in hit.kinds:
                alone = hit.last - hit.first >= sum(not token.is_mark for token in line.tokens)
                if kind != "filler" and (not asks or alone or kind in _IN_QUESTIONS):
                    yield _act(line, hit, kind)


def _clauses(line: Line) -> Iterator[Hit]:
    """Yield the acts that clauses consist of: all the first ones, later ones only where they can be nothing else."""
    content = False
    for first, last in _spans(line):
        tiles = _tiles(line, first, last)
        if tiles is None and not content:
            opening = _book("opening").at(line, first)
            content = True
            if opening and opening.last < last:
                yield opening
            else:
                yield from _prefix(line, first, last)
        elif tiles is None:
            content = True
        else:
            yield from (hit for hit in tiles if not content or _TRAILING.issuperset(hit.kinds))


def _spans(line: Line) -> Iterator[tuple[int, int]]:
    """Yield the clauses of a line as token ranges."""
    first = 0
    for index, token in enumerate(line.tokens):
        if token.is_mark:
            if index > first:
                yield first, index
            first = index + 1
    if first < len(line.tokens):
        yield first, len(line.tokens)


def _tiles(line: Line, first: int, last: int) -> list[Hit] | None:
    """Cover a clause with phrases from end to end (`nē paldies`), or return None."""
    hits, index = [], first
    while index < last:
        hit = _book("alone").at(line, index)
        if hit is None or hit.last > last:
            return _with_typo(line, first, last) or None
        hits.append(hit)
        index = hit.last
    return hits


def _prefix(line: Line, first: int, last: int) -> Iterator[Hit]:
    """Yield greetings and thanks that run into what follows without a mark: `labdien gribu registret kokus`."""
    index = first
    while (hit := _book("alone").at(line, index)) and hit.last < last and _RUNNING_IN.issuperset(hit.kinds):
        yield hit
        index = hit.last
    if index == first and index < last - 1 and _is_long_yes_or_no(line, index):
        yield Hit(("yes" if line.tokens[index].folded == "ja" else "no",), index, index + 1)


def _is_long_yes_or_no(line: Line, index: int) -> bool:
    """Tell `jā 50 ozoli` from `ja tur ir mežs`: by the long vowel as typed, or a number after it."""
    token, follows = line.tokens[index], line.tokens[index + 1].folded
    typed = line.text[token.start : token.end].lower()
    return typed in {"jā", "jaa", "nē", "nee"} or (token.folded == "ja" and follows[0].isdigit())


def _strong(line: Line) -> Iterator[Hit]:
    yield from _book("anywhere").anywhere(line)
    if sum(not token.is_mark for token in line.tokens) <= _SHORT:
        yield from _book("short").anywhere(line)


def _with_typo(line: Line, first: int, last: int) -> list[Hit]:
    """Read a clause of one to three words with one slip of the finger (`atpakl`, `izlast`)."""
    if last - first > 3:
        return []
    typed = " ".join(token.folded for token in line.tokens[first:last])
    if len(typed) < _TYPO_LETTERS or any(ch.isdigit() for ch in typed):
        return []
    slips = 1 if len(typed) < 12 else 2
    close = extractOne(typed, _of_length(len(typed), slips), scorer=OSA.distance, score_cutoff=slips)
    if close is None or typed in _LOOKALIKES or _denied(typed) != _denied(close[0]):
        return []
    return [Hit(_plain_phrases()[close[0]], first, last)]


def _denied(folded: str) -> int:
    """Count the words that say *ne-*: two letters more turn `gribu reģistrēt` into its opposite, and are no slip."""
    return sum(word.startswith("ne") for word in folded.split())


# Words that are one letter from a phrase and mean something else.
_LOOKALIKES = frozenset(word_list("darbiniece cilveki talak labak velak velas parks ozoli skola diena vieta sleiki"))


@cache
def _of_length(length: int, slips: int) -> list[str]:
    """Return the phrases that so many slips can turn into something of that length."""
    return [phrase for phrase in _plain_phrases() if abs(len(phrase) - length) <= slips]


@cache
def _plain_phrases() -> Mapping[str, tuple[str, ...]]:
    """Return the phrases of plain words that are long enough to be told apart with a typo in them."""
    plain = {
        Line(phrase).folded.strip(): kinds
        for phrase, kinds in _book("alone").phrases.items()
        if not set(phrase) & set("*|~<(")
    }
    return {folded: kinds for folded, kinds in plain.items() if len(folded) > _TYPO_LETTERS}


def _act(line: Line, hit: Hit, kind: str) -> Act:
    value = None
    if kind.startswith("language_"):
        kind, value = "language", kind.removeprefix("language_")
    return Act(kind=kind, start=line.tokens[hit.first].start, end=line.tokens[hit.last - 1].end, value=value)


def _correction(text: str, found: list[Act], *, asks: bool) -> list[Act]:
    """Return the correction a message states, unless its words are already told by other acts."""
    if any(act.kind not in {"no", "filler", "add_more"} for act in found) or "mapmytree" in text.lower():
        return []
    correction = find_correction(text)
    if correction is None or (asks and not text.strip().lower().startswith("vai var")):
        return []
    parts = [part for part in (correction.wrong, correction.right, correction.named) if part]
    start = min((part.start for part in parts), default=0)
    end = max((part.end for part in parts), default=len(text))
    return [Act(kind="correction", start=start, end=end, correction=correction)]


_AGE = re.compile(
    r"\b(?:man(?: ir)?(?: tikai| nupat)? (\d\d?) (?:gadi|gadini|gadu|g)\b(?! ve[ck])"
    r"|(?:i am|im|i'm) (\d\d?)(?: years old| yo|$|[.,!])|мне (\d\d?) (?:лет|года?)\b)"
)


def _minor(line: Line) -> list[Act]:
    """Return the age a person tells of themselves, where it is a child's."""
    folded = line.folded.replace(" . ", " ").strip()
    match = _AGE.search(folded)
    if match and 4 < int(match[match.lastindex or 1]) < _ADULT and "man bija" not in folded:
        return [Act(kind="minor", start=0, end=len(line.text))]
    return []


def _with_rest(text: str, found: list[Act]) -> Iterator[Act]:
    """Give each act the text between it and the next."""
    for act in found:
        after = min((other.start for other in found if other.start >= act.end), default=len(text))
        match = re.search(r"[^\s.,;:!?–—-].*?(?=[\s,;:–—-]*$)", text[act.end : after], re.DOTALL)
        rest = Found(match[0], act.end + match.start(), act.end + match.end()) if match else None
        yield replace(act, rest=rest)


def _asks(line: Line, index: int) -> bool:
    hit = _questions().at(line, index)
    if hit is None or not {"first", "asks"} & set(hit.kinds):
        return False
    if line.tokens[index].folded != "kad":
        return True
    # `Kad stādīju, bija pavasaris` tells a time.
    rest = [token.folded for token in line.tokens[index:]]
    return "," not in rest


@cache
def _questions() -> Phrasebook:
    """The words that ask: `first` in a sentence, and `asks` anywhere."""
    return Phrasebook.read(_ASKING, "phrases")


@cache
def _book(mode: str) -> Phrasebook:
    return Phrasebook.read(_FILE, mode)
