"""A bar that grows while a command works: on standard error, and only where somebody looks."""

import sys
from typing import TextIO

_WIDTH = 30  # characters


class Progress:
    """A bar for `total` steps; on anything but a terminal it stays silent."""

    def __init__(self, total: int, file: TextIO = sys.stderr) -> None:
        self._total = total
        self._file = file
        self._shown = ""
        self._seen = file.isatty() and total > 0

    def reach(self, done: int) -> None:
        """Show how far it is."""
        if not self._seen:
            return
        share = min(1.0, done / self._total)
        full = int(share * _WIDTH)
        line = f"\r{'█' * full}{'░' * (_WIDTH - full)} {share:4.0%} {done:,} / {self._total:,}".replace(",", " ")
        if line != self._shown:
            self._file.write(line)
            self._file.flush()
            self._shown = line

    def end(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._file.write("\r\033[K")
            self._file.flush()
