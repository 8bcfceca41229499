"""`read FLOW`: what the flow would take from a text, and only what the text states; one text a line on stdin."""

import argparse
import json
import sys
from datetime import date, datetime
from typing import Any

from bot.clock import RIGA
from flows import engine
from flows.catalogue import FLOWS
from flows.engine import Begun, Impossible, Recorded, Refused
from flows.grammar import Flow
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
        text = line.rstrip("\n")
        if text.strip():
            print(json.dumps({"text": text, **_read(flow, text, today)}, ensure_ascii=False), flush=True)
    return 0


def _read(flow: Flow, text: str, today: date) -> dict[str, Any]:
    began = datetime.combine(today, datetime.min.time(), RIGA)
    run = Run(id="", flow=flow.name, started_at=began)
    turn = engine.glean(flow, run, Said(text=mask(clean(text)).text), today)
    answers: dict[str, Any] = {}
    invalid: dict[str, str] = {}
    for note in turn.notes:
        question = flow.question(note.key)
        if question is None:
            continue
        if isinstance(note, Recorded | Begun):
            answers |= question.told(note.value)
        elif isinstance(note, Refused):
            invalid[note.key] = (
                note.say % {"what": question.told(note.value)[note.key]} if "%" in note.say else note.say
            )
        elif isinstance(note, Impossible):
            invalid[note.key] = note.why % {"given": note.given}
    return {"answers": answers, "invalid": invalid}
