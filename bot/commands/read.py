"""`read FLOW`: what the flow would take from a text, and only what the text states; one text a line on stdin."""

import argparse
import json
import sys
from datetime import date, datetime, time
from functools import cache
from typing import Any

from bot.clock import RIGA
from flows import engine
from flows.catalogue import FLOWS
from flows.grammar import Flow, Voice
from flows.notes import Begun, Impossible, Recorded, Refused
from flows.run import Run
from flows.said import Said
from knowledge.latvian.text import clean
from knowledge.secrets import mask


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("flow", choices=sorted(FLOWS), help="the flow")
    parser.add_argument("--now", type=date.fromisoformat, default=None, metavar="DATE", help="the day it is said on")


def run(options: argparse.Namespace) -> int:
    """Read each line and print one JSON object for it."""
    today = options.now or datetime.now(RIGA).date()
    flow = FLOWS[options.flow]
    for line in sys.stdin:
        text = line.rstrip("\r\n")
        if text.strip():
            print(json.dumps({"text": text, **read(flow, text, today)}, ensure_ascii=False), flush=True)
    return 0


def read(flow: Flow, text: str, today: date) -> dict[str, Any]:
    """Return `answers`, as the contract of the command words them, and `invalid`: what was stated and can't be.

    Of a text that tells of several sites the first is read, as the flow does; it asks about the others afterwards.
    """
    plain = mask(clean(text)).text
    run = Run(id="", flow=flow.name, started_at=datetime.combine(today, time.min, RIGA))
    first = next(iter(flow.split(plain, today)), plain)
    turn = engine.glean(flow, run, Said(text=first), today)
    answers: dict[str, Any] = {}
    invalid: dict[str, str] = {}
    for note in turn.notes:
        question = flow.question(note.key)
        if question is None:
            continue
        if isinstance(note, Recorded | Begun):
            answers |= {key: told for key, value in question.told(note.value).items() if (told := _told(key, value))}
        elif isinstance(note, Refused):
            invalid[note.key] = note.say % {"what": question.show(note.value, _voice())}
        elif isinstance(note, Impossible):
            invalid[note.key] = note.why % {"given": note.given}
    return {"answers": answers, "invalid": invalid}


@cache
def _voice() -> Voice:
    from bot.words import Words  # noqa: PLC0415 - the catalogs are read only where a sentence has to be said

    return Words().tongue("lv")


_OF_PLACE = ("lat", "lon", "cadastre", "municipality")


def _told(key: str, value: Any) -> Any:
    """Leave of a place what the command promises; the flow knows more of it (parish, house, words)."""
    return {part: value[part] for part in _OF_PLACE if part in value} if key == "place" else value
