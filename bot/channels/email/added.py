"""Added: what somebody has typed into a copy of our letter, under or behind the questions in it.

Many programs quote without marks, and people answer where the question stands. With the letter that was sent at hand,
whatever is in the copy and not in the letter is theirs.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.channels.email.letter import Piece
from bot.channels.email.reading import heads
from bot.channels.email.reading.lines import Line
from knowledge.latvian.text import clean

_MARKS = re.compile(r"^(?:[ \t]*>)+[ \t]?")
_WORD = re.compile(r"\S+")
_BARE = re.compile(r"^\W+|\W+$")
_MOST = 3_000  # words of either: more is no letter of ours
_CHANCE = 3  # words in a row that may stand in an answer as they stand in the letter
_LINK = re.compile(r"<?(?:https?://|mailto:|www\.)\S*|\[(?:https?://|cid:)[^\]]*\]?", re.IGNORECASE)
_CONTENT = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word: as compared, the line that it stands in, and where in that line."""

    key: str
    line: int
    start: int
    end: int


def added(quoted: str, original: str) -> tuple[Piece, ...]:
    """Return each stretch that `quoted`, a copy of our letter, has and `original` has not, with our line above it.

    Line ends, marks, spaces and links that a program has added make no difference. A copy that has little in common
    with the letter is none, and nothing was added to it.
    """
    theirs, ours = _lines(quoted), _lines(original)
    new, old = _words(theirs), _words(ours)
    if not new or not old or len(new) > _MOST or len(old) > _MOST:
        return ()
    common = _common(new, old)
    if sum(size for _, _, size in common) * 2 < min(len(new), len(old)):
        return ()
    return tuple(_pieces(theirs, ours, new, old, common))


def _lines(text: str) -> list[str]:
    """Return lines without marks, and without what announces the copy."""
    lines = [Line(_MARKS.sub("", line)) for line in clean(text).split("\n")]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        dropped = 0
        if lines[at].text.strip():
            dropped = heads.attribution(lines, at) or heads.block(lines, at)
            dropped = dropped or heads.is_delimiter(lines[at].text) or heads.is_from_phone(lines[at].text)
        if not dropped:
            kept.append(_LINK.sub(lambda found: " " * len(found[0]), lines[at].text))
        at += max(int(dropped), 1)
    return kept


def _words(lines: Sequence[str]) -> list[_Word]:
    return [
        _Word(key, number, found.start(), found.end())
        for number, line in enumerate(lines)
        for found in _WORD.finditer(line)
        if (key := _BARE.sub("", found[0]).casefold())
    ]


def _common(new: Sequence[_Word], old: Sequence[_Word]) -> list[tuple[int, int, int]]:
    """Return the runs that both have: (in theirs, in ours, length), without those that are there by chance."""
    matcher = SequenceMatcher(None, [word.key for word in new], [word.key for word in old], autojunk=False)
    blocks = [(block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size]
    kept: list[tuple[int, int, int]] = []
    for at, (a, b, size) in enumerate(blocks):
        before = kept[-1] if kept else (0, 0, 0)
        after = blocks[at + 1] if at + 1 < len(blocks) else (len(new), len(old), 0)
        in_answer = a > before[0] + before[2] or a + size < after[0]
        skips = b > before[1] + before[2] and b + size < after[1]
        if size < _CHANCE and in_answer and skips:
            continue  # words of an answer that happen to stand in what was deleted
        kept.append((a, b, size))
    return kept


def _pieces(
    theirs: Sequence[str],
    ours: Sequence[str],
    new: Sequence[_Word],
    old: Sequence[_Word],
    common: Sequence[tuple[int, int, int]],
) -> Iterator[Piece]:
    """Go through the stretches between the runs."""
    at, above = 0, -1
    for a, b, size in [*common, (len(new), len(old), 0)]:
        if a > at and (text := _text(theirs, new[at:a])):
            yield Piece(text=text, under=" ".join(ours[old[above].line].split()) if above >= 0 else "")
        at, above = a + size, b + size - 1


def _text(lines: Sequence[str], stretch: Sequence[_Word]) -> str:
    """Return what was typed, with its line ends and the marks around its words."""
    first, last = stretch[0], stretch[-1]
    parts: list[str] = []
    for number in range(first.line, last.line + 1):
        line = lines[number]
        start = first.start if number == first.line else 0
        end = last.end if number == last.line else len(line)
        parts.append(" ".join(line[start:end].split()))
    text = re.sub(r"\n{2,}", "\n", "\n".join(parts)).strip()
    return text if _CONTENT.search(text) else ""
