"""Lines: a plain text letter as lines, each with how deep it is quoted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MARKS = re.compile(r"(?:[ \t]?(?:>|&gt;))+")
_DEEPEST = 50
MOST = 5_000  # lines of a letter
LONGEST = 50_000  # characters of a line
_WRAPPED = range(66, 82)  # characters at which programs cut a quoted line, leaving its end unmarked
_ENDS = (".", "?", "!", ":", ";", ")", "”", '"')


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its marks. `head` and `signature` are known where HTML says so."""

    text: str
    depth: int = 0
    head: bool = False
    signature: bool = False


def read(text: str, *, flowed: bool = False, del_sp: bool = False) -> tuple[Line, ...]:
    """Cut a text into lines; format=flowed (RFC 3676) is joined again."""
    cut = text.split("\n")[:MOST]
    lines = (_marked(one.rstrip("\r")[:LONGEST], flowed=flowed) for one in cut)
    return tuple(_joined(lines, del_sp=del_sp)) if flowed else tuple(_rewrapped([*lines]))


def _marked(text: str, *, flowed: bool) -> Line:
    found = re.match(r">+", text) if flowed else _MARKS.match(text)
    if found is None:
        return Line(text[1:] if flowed and text.startswith(" ") else text)
    depth = found[0].count(">") + found[0].count("&gt;")
    rest = text[found.end() :]
    return Line(rest.removeprefix(" "), depth=min(depth, _DEEPEST))


def _joined(lines: Iterable[Line], *, del_sp: bool) -> Iterator[Line]:
    waiting: Line | None = None
    for line in lines:
        if waiting is not None and waiting.depth == line.depth and line.text != "-- ":
            whole = Line((waiting.text + line.text)[:LONGEST], depth=line.depth)
        else:
            if waiting is not None:
                yield waiting
            whole = line
        soft = line.text.endswith(" ") and line.text != "-- "
        if soft:
            waiting = Line(whole.text[:-1], depth=whole.depth) if del_sp else whole
        else:
            waiting = None
            yield whole
    if waiting is not None:
        yield waiting


def _rewrapped(lines: list[Line]) -> Iterator[Line]:
    """Give the end of a quoted line back to it, where a program wrapped it and marked only the beginning."""
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else None
        after = lines[at + 1] if at + 1 < len(lines) else None
        if (
            before is not None
            and after is not None
            and line.depth == 0
            and before.depth
            and before.depth == after.depth
            and 0 < len(line.text) <= 30
            and len(before.text) + before.depth + 1 in _WRAPPED
            and not before.text.rstrip().endswith(_ENDS)
            and line.text[:1].islower()
        ):
            yield Line(line.text, depth=before.depth)
        else:
            yield line
