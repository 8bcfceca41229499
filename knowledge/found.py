"""What a reader of text returns: a value and the place in the text that states it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """A value read from a text; `text[start:end]` is the part that states it (offsets in code points)."""

    value: V
    start: int
    end: int
