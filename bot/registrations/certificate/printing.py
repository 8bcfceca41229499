"""Printing: a certificate as PDF, from the template in `templates/certificate`.

In a process of its own: what sets the page keeps 200 MB for good, which the service would carry along.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

_HOME = Path(__file__).parents[3]
_TEMPLATE = _HOME / "templates" / "certificate" / "certificate.typ"
_SECONDS = 60


def printed(inputs: Mapping[str, str], now: datetime) -> bytes:
    """Return one page A4 that programs for the blind can read too (PDF/UA-1). Waits, for about half a second.

    The same inputs make the same bytes. Raises RuntimeError where the page can't be set; trying again does not help.
    """
    environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(  # noqa: S603 - our own module, and nothing of a person's on its command line
        [sys.executable, "-m", __spec__.name, str(int(now.timestamp()))],
        input=json.dumps(dict(inputs)).encode(),
        capture_output=True,
        cwd=_HOME,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the process that prints failed ({done.returncode})")
    return done.stdout


def _main() -> None:
    """Take the inputs as JSON, the time as the argument, and give the PDF."""
    import typst  # noqa: PLC0415 - only this process needs it

    page = typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        sys_inputs=json.loads(sys.stdin.buffer.read()),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(sys.argv[1]),
    )
    sys.stdout.buffer.write(page)


if __name__ == "__main__":
    _main()
