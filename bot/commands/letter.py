"""`letter FILE…`: what a letter is taken for and what is new in it; one JSON object for each file."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bot import settings
from bot.channels.email.letter import Letter, Ours
from bot.channels.email.reading import read_letter
from bot.channels.email.reading.files import names


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a letter as it came (.eml)")


def run(options: argparse.Namespace) -> int:
    """Read each file and print what it is; 2 when one can't be opened, after the others."""
    ours = _ours()
    missing = 0
    for path in options.files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            print(f"letter: {path} can't be opened: {error.strerror}", file=sys.stderr)
            missing += 1
            continue
        print(json.dumps(shown(str(path), read_letter(raw, ours)), ensure_ascii=False), flush=True)
    return 2 if missing else 0


def shown(file: str, letter: Letter) -> dict[str, Any]:
    """Return what the command promises to tell of a letter."""
    return {
        "file": file.encode(errors="replace").decode(),
        "outcome": letter.outcome.value,
        "reason": letter.reason,
        "from": letter.sender,
        "subject": letter.subject,
        "new_text": letter.text,
        "attachments": list(names(letter.attachments)),
        "token": letter.token,
    }


def _ours() -> Ours:
    """Take the two settings that it needs; others may be wrong or missing."""
    found = settings.read()
    return Ours(address=found.mail_address, authserv_id=found.mail_authserv_id)
