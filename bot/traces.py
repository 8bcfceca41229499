"""Traces: where an error came from, for logs, which must not hold the words of people that its message may quote."""

import traceback
from pathlib import Path

_MOST = 8  # frames, the innermost ones


def trace(error: BaseException) -> str:
    """Return an error's type and the lines it came through, the innermost first, without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST:]
    lines = [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}" for frame in reversed(frames)]
    return f"{type(error).__name__} at {' < '.join(lines) or '?'}"
