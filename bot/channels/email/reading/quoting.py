"""Quoting: what is new in a letter, what it quotes, and which quoted line each new stretch answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.channels.email import token
from bot.channels.email.letter import Piece
from bot.channels.email.reading import heads
from bot.channels.email.reading.lines import Line
from knowledge.latvian.text import clean, fold

_LITTLE = 200  # characters of new text that only hand a forwarded letter on
_SIGNATURE = "-- "  # with its space: people draw lines of dashes too
_LONGEST_SIGNATURE = 12  # lines
_NUMBERED = re.compile(r"^\s*\d{1,2}\)\s")
_LONGEST_PHRASE = 1_000
_MOST_TEXT = 100_000  # characters


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """A letter's text, taken apart."""

    pieces: tuple[Piece, ...]
    quoted: str

    @property
    def text(self) -> str:
        """All that is new, each stretch on lines of its own."""
        return "\n".join(piece.text for piece in self.pieces)


class _Is(Enum):
    NEW = auto()
    QUOTED = auto()
    DROPPED = auto()  # put there by a program: an announcement, a drawn line, „sent from my phone”


def take_apart(
    lines: Sequence[Line],
    *,
    forwarded: bool = False,
    fresh: bool = False,
    address: str = "",
    phrases: frozenset[str] = frozenset(),
) -> New:
    """Tell what is new.

    `forwarded` is whether the subject says so, `fresh` whether the letter answers none; `address` is ours, `phrases`
    are our sentences as `phrase` returns them.
    """
    lines = [Line(clean(line.text), line.depth, line.head, line.signature) for line in lines]
    kinds, cut = _kinds(lines)
    quoted = _quoted(lines, kinds)
    pieces = tuple(_pieces(_ours(lines, kinds, phrases)))
    new = sum(len(piece.text) for piece in pieces)
    if heads.is_sentinel(quoted) or token.tokens(quoted) or heads.is_from(lines, cut, address):
        return New(pieces=pieces, quoted=quoted)
    if new <= _LITTLE and (forwarded or any(heads.is_forward(line.text) for line in lines)):
        return _whole(lines, kinds)
    if new == 0 and fresh:
        return _all(lines)  # what looks like a quote is what somebody has typed
    if new == 0:
        return New(pieces=_first(lines, kinds), quoted=quoted)
    return New(pieces=pieces, quoted=quoted)


def phrase(text: str) -> str:
    """Return a sentence as it is compared: without number, marks and case."""
    return " ".join(re.findall(r"\w+", fold(re.sub(r"^\s*\d{1,2}[).]\s*", "", text))))


def _kinds(lines: Sequence[Line]) -> tuple[list[_Is], int]:
    """Tell of each line what it is, and where an unmarked quote begins."""
    kinds = [_Is.QUOTED if line.depth else _Is.NEW for line in lines]
    cut, at = len(lines), 0
    while at < len(lines):
        kind, count, cuts = _judged(lines, at)
        if kind is not None:
            kinds[at : at + count] = [kind] * count
        if cuts and not lines[at].depth:
            cut = at if kind is _Is.QUOTED else at + count
            break
        at += count
    kinds[cut:] = [_Is.QUOTED] * (len(lines) - cut)
    _drop_above(lines, kinds)
    return kinds, cut


def _judged(lines: Sequence[Line], at: int) -> tuple[_Is | None, int, bool]:
    """Return what the lines from `at` on are, how many, and whether an unmarked quote follows; None: as marked."""
    line = lines[at]
    if line.head:
        return _Is.DROPPED, 1, False
    if not line.text.strip():
        return None, 1, False
    if heads.is_sentinel(line.text):
        return _Is.QUOTED, 1, True
    if count := heads.attribution(lines, at):
        return _Is.DROPPED, count, not _marked_after(lines, at + count)
    if count := heads.block(lines, at):
        return _Is.QUOTED, count, True
    if heads.is_delimiter(line.text):
        return _Is.DROPPED, 1, True
    return (None, 1, False) if line.depth else _judged_unmarked(lines, at)


def _judged_unmarked(lines: Sequence[Line], at: int) -> tuple[_Is | None, int, bool]:
    line = lines[at]
    if heads.says_who(line.text) and _marked_after(lines, at + 1):
        return _Is.DROPPED, 1, False
    if line.signature or heads.is_from_phone(line.text):
        return _Is.DROPPED, 1, False
    if line.text == _SIGNATURE and (count := _signature(lines, at)):
        return _Is.DROPPED, count, False
    return None, 1, False


def _marked_after(lines: Sequence[Line], at: int) -> bool:
    """Whether the next line with anything on it is marked as a quote."""
    depth = lines[at - 1].depth if at else 0
    return next((line.depth > depth for line in lines[at:] if line.text.strip() or line.depth > depth), False)


def _signature(lines: Sequence[Line], at: int) -> int:
    """Return how many lines a signature has; of a dashed line in the middle of a text, none."""
    end = at + 1
    while end < len(lines) and not lines[end].depth and not _announces(lines, end):
        end += 1
        if end - at > _LONGEST_SIGNATURE:
            return 0
    return end - at


def _announces(lines: Sequence[Line], at: int) -> bool:
    text = lines[at].text
    return bool(
        heads.is_sentinel(text) or heads.is_delimiter(text) or heads.attribution(lines, at) or heads.block(lines, at)
    )


def _drop_above(lines: Sequence[Line], kinds: list[_Is]) -> None:
    """Drop what programs put right above a quote: a drawn line, an announcement in words that we don't know."""
    below = _Is.QUOTED
    for at in range(len(lines) - 1, -1, -1):
        if not lines[at].text.strip():
            continue
        if kinds[at] is _Is.NEW and below is not _Is.NEW:
            quote = below is _Is.QUOTED and at + 1 < len(lines)
            if heads.is_rule(lines[at].text) or (quote and heads.may_attribute(lines[at].text)):
                kinds[at] = _Is.DROPPED
        below = kinds[at]


def _ours(lines: Sequence[Line], kinds: Sequence[_Is], phrases: frozenset[str]) -> Iterator[tuple[Line, _Is]]:
    """Know our own sentences where nobody marked them, and what was typed behind one."""
    for line, kind in zip(lines, kinds, strict=True):
        if kind is _Is.NEW and phrases and line.text.strip():
            yield from _split(line, phrases)
        else:
            yield line, kind


def _split(line: Line, phrases: frozenset[str]) -> Iterator[tuple[Line, _Is]]:
    if len(line.text) > _LONGEST_PHRASE:
        yield line, _Is.NEW
        return
    if phrase(line.text) in phrases:
        yield line, _Is.QUOTED
        return
    for found in re.finditer(r"[?.!:](?=\s)", line.text):
        if phrase(line.text[: found.end()]) in phrases:
            yield Line(line.text[: found.end()]), _Is.QUOTED
            rest = line.text[found.end() :].strip()
            yield from _split(Line(rest), phrases) if rest else ()
            return
    yield line, _Is.NEW


def _pieces(lines: Iterable[tuple[Line, _Is]]) -> Iterator[Piece]:
    above: list[str] = []
    under = ""
    stretch: list[str] = []
    for line, kind in lines:
        text = line.text.rstrip()
        if kind is _Is.NEW:
            if not stretch and text.strip():
                under = _question(above)
            if stretch or text.strip():
                stretch.append(text)
        elif kind is _Is.QUOTED:
            if piece := _piece(stretch, under):
                yield piece
                above = []
            stretch = []
            above.append(text)
    if piece := _piece(stretch, under):
        yield piece


def _piece(stretch: Sequence[str], under: str) -> Piece | None:
    text = _tidy(stretch)
    return Piece(text=text, under=under) if text else None


def _question(above: Sequence[str]) -> str:
    """Return the quoted line right above; the whole question where that line is the end of a numbered one."""
    shown = list(above)
    while shown and not shown[-1].strip():
        shown.pop()
    whole: list[str] = []
    for text in reversed(shown):
        if not text.strip():
            break
        whole.insert(0, text.strip())
        if _NUMBERED.match(text):
            return " ".join(whole)
    return shown[-1].strip() if shown else ""


def _quoted(lines: Sequence[Line], kinds: Sequence[_Is]) -> str:
    return _tidy([line.text for line, kind in zip(lines, kinds, strict=True) if kind is _Is.QUOTED])


def _tidy(lines: Iterable[str]) -> str:
    """Join lines, with never more than one blank one between."""
    text = "\n".join(line.rstrip() for line in lines)[:_MOST_TEXT]
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n").strip()


def _whole(lines: Sequence[Line], kinds: Sequence[_Is]) -> New:
    """Take a forwarded letter for content: that is why it was sent."""
    kept: list[str] = []
    at = 0
    while at < len(lines):
        count = heads.block(lines, at)
        if not count and kinds[at] is not _Is.DROPPED:
            kept.append(lines[at].text)
        at += max(count, 1)
    text = _tidy(kept)
    return New(pieces=(Piece(text=text),) if text else (), quoted="")


def _all(lines: Sequence[Line]) -> New:
    text = _tidy([line.text for line in lines if not heads.is_from_phone(line.text)])
    return New(pieces=(Piece(text=text),) if text else (), quoted="")


def _first(lines: Sequence[Line], kinds: Sequence[_Is]) -> tuple[Piece, ...]:
    """Take all that is unmarked where nothing seemed to be new: it is not ours, and must not be lost."""
    unmarked = (
        line.text for line, kind in zip(lines, kinds, strict=True) if not line.depth and kind is not _Is.DROPPED
    )
    text = _tidy(unmarked)
    return (Piece(text=text),) if text else ()
