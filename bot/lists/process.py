"""Process: spreadsheets are opened outside of the service, so that no file takes its memory, its time or its life."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.lists.book import Trouble, TroubleError

_SECONDS = 150  # on the clock; the process itself is stopped after less of a processor's
_REFUSED = 3
_HOME = Path(__file__).parents[2]


def read(data: bytes, today: date) -> Mapping[str, Any]:
    """Return what a file tells: `summary`, `rows`, `sheets`, `masked`. Waits; raises TroubleError."""
    found: Mapping[str, Any] = json.loads(_run("read", {"today": today.isoformat()}, data))
    return found


def rewrite(data: bytes, **asked: Any) -> bytes:
    """Return a file as .xlsx with `remarks` in their `columns` and with `masked` cells. Waits; raises TroubleError."""
    nothing = {"remarks": [], "columns": [], "heading": "", "masked": [], "mask": ""}
    return _run("rewrite", {**nothing, **asked}, data)


def template() -> bytes:
    """Return the workbook that people fill in. Waits."""
    return _run("template", {}, b"")


def _run(job: str, asked: Mapping[str, Any], data: bytes) -> bytes:
    """Run a job; a process that dies of a file has met more than it may take."""
    environment = {name: os.environ[name] for name in ("PATH", "TZ", "SYSTEMROOT") if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and nothing of a person's on its command line
            [sys.executable, "-m", "bot.lists", job],
            input=json.dumps(asked, ensure_ascii=False).encode() + b"\n" + data,
            capture_output=True,
            cwd=_HOME,
            env={**environment, "PYTHONIOENCODING": "utf-8"},
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TroubleError(Trouble.TOO_MUCH) from error
    if done.returncode == _REFUSED:
        raise TroubleError(Trouble(done.stdout.decode()))
    if done.returncode < 0:
        raise TroubleError(Trouble.TOO_MUCH)
    if done.returncode:
        raise RuntimeError(f"the process that opens spreadsheets failed: {done.stderr[-300:].decode(errors='replace')}")
    return done.stdout
