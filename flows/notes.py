"""Notes: what a turn of a flow has to tell, so that it can be said."""

from dataclasses import dataclass
from typing import Any

from flows.grammar import Partly
from flows.run import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """A new answer; `old` is what stood there before, if anything did."""

    key: str
    value: Any
    old: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A part of an answer was kept; `rest` says what is still missing."""

    key: str
    value: Any
    rest: Partly[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A value was understood but can't be: the check's sentence says why. Nothing was changed."""

    key: str
    value: Any
    check: str
    say: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned:
    """A value was recorded although it is odd; the warning travels to the review by staff."""

    key: str
    check: str
    say: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """The answer to the current question was not understood, for the `times`-th time in a row."""

    key: str
    why: str
    given: str
    times: int
    stated: bool = False  # a value without doubt, only an impossible one


@dataclass(frozen=True, kw_only=True, slots=True)
class Reopened:
    """An answer is asked about again: because of `cause` (another answer that changed), or on request ('')."""

    key: str
    cause: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """Something said differs from an earlier answer without saying that it corrects it: to be confirmed."""

    key: str
    value: Any
    old: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Same:
    """Something said is what stands there already; only told when nothing else was understood."""

    key: str
    value: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Impossible:
    """A value was stated by the way that can't be: a day that does not exist, a point abroad."""

    key: str
    why: str
    given: str


Note = Recorded | Begun | Refused | Warned | Missed | Reopened | Proposed | Same | Impossible


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """The run after the turn, and what happened in it, in order. `heard` are the spans of the text that were used."""

    run: Run
    notes: tuple[Note, ...] = ()
    heard: tuple[tuple[int, int], ...] = ()
