"""The disk: what a library leaves to the system, we have it really hold."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Have the disk really hold a file, or the names in a folder."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
