"""How many letters are read a second: `python -m tests.bench.letters_parsing`.

Real letters where their folder is present (MAIL_CORPUS names it), else our own in tests/mail.
"""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bot.channels.email.letter import Ours
from bot.channels.email.reading import read_letter

_CORPUS = Path(os.environ.get("MAIL_CORPUS", "../shared/mail-corpus"))
_OWN = Path(__file__).parents[1] / "mail"
_OURS = Ours(address="koki@example.lv", authserv_id="mx.example.lv")


@dataclass(frozen=True, kw_only=True)
class Parsing:
    """What one measurement found; CPU time is of this process."""

    where: str
    letters: int
    megabytes: float
    per_second: float
    slowest: float  # seconds for one letter


def measure(repetitions: int = 3) -> Parsing:
    """Read every letter, and take the best of several repetitions."""
    folder = _CORPUS if _CORPUS.is_dir() else _OWN
    letters = [path.read_bytes() for path in sorted(folder.rglob("*.eml"))]
    best = slowest = float("inf")
    for _ in range(repetitions):
        times = [_timed(raw) for raw in letters]
        best, slowest = min(best, sum(times)), min(slowest, max(times))
    return Parsing(
        where=folder.name,
        letters=len(letters),
        megabytes=sum(map(len, letters)) / 1e6,
        per_second=len(letters) / best,
        slowest=slowest,
    )


def _timed(raw: bytes) -> float:
    began = time.process_time()
    read_letter(raw, _OURS)
    return time.process_time() - began


if __name__ == "__main__":
    found = measure()
    sys.stdout.write(
        f"{found.letters} letters ({found.where}, {found.megabytes:.1f} MB): {found.per_second:,.0f} a second,"
        f" the slowest {found.slowest * 1000:.0f} ms\n"
    )
