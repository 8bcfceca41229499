"""Amendments: what would change of a registration's answers, and what then follows from them. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flows import engine
from flows.grammar import Flow, Json
from flows.notes import Proposed
from flows.run import Run, decode_run
from flows.said import Said

Changes = Mapping[str, list[Json]]  # key -> [before, after], as questions encode them; None for no answer

_START = datetime(2020, 1, 1).isoformat()  # noqa: DTZ001 - of a run that is never shown


def run_of(flow: Flow, stored: Mapping[str, Json]) -> Run:
    """Make a run of stored answers; what this release can no longer read is left out."""
    return decode_run(flow, {"id": "", "flow": flow.name, "started_at": _START, "answers": stored})


def heard(flow: Flow, stored: Mapping[str, Json], said: Said, key: str, today: date) -> Changes:
    """Return what an answer to staff would change; `key` is what they asked for, '' in words of their own."""
    run = run_of(flow, stored)
    turn = engine.answer(flow, run, key, said, today) if key else engine.revise(flow, run, said, today)
    proposed = {note.key: note.value for note in turn.notes if isinstance(note, Proposed)}
    return difference(flow, stored, {**turn.run.answers, **proposed})


def difference(flow: Flow, stored: Mapping[str, Json], answers: Mapping[str, Any]) -> Changes:
    """Return what answers differ from stored ones."""
    encoded = {q.key: q.encode(answers[q.key]) for q in flow.questions if q.key in answers}
    return {key: [stored.get(key), value] for key, value in encoded.items() if stored.get(key) != value}


def changed(stored: Mapping[str, Json], changes: Changes) -> dict[str, Json] | None:
    """Return stored answers with changes made; None where one of them is not any more what was to be changed."""
    if any(stored.get(key) != before for key, (before, _) in changes.items()):
        return None
    made = {**stored, **{key: after for key, (_, after) in changes.items()}}
    return {key: value for key, value in made.items() if value is not None}


def derived(flow: Flow, stored: Mapping[str, Json], today: date) -> dict[str, Any]:
    """Return what a record holds beside its answers; raises KeyError where one that it rests on is missing."""
    run = run_of(flow, stored)
    warnings = [check.key for _, check in engine.warnings(flow, run, today)]
    return {**flow.facts(engine.given(flow, run), today), "warnings": warnings}
