"""A run: one person's way through a flow, as a value that survives restarts, deploys and a pause of weeks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from flows.grammar import Answers, Flow, Json

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Later:
    """A part of a message that tells of another site: read when its turn comes, with the day it was said."""

    text: str
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class Run:
    """Where somebody is in a flow. No step is stored: the next question follows from what has no answer yet."""

    id: str
    flow: str
    started_at: datetime
    answers: Answers = field(default_factory=dict)
    begun: Mapping[str, Any] = field(default_factory=dict)  # parts of answers, still to be completed
    skipped: tuple[str, ...] = ()
    path: tuple[str, ...] = ()  # keys in the order they were asked or answered: what *back* walks
    reopened: tuple[str, ...] = ()  # keys to be asked again; their old answers stay as the default
    misses: int = 0  # how often in a row the current question was not understood
    later: tuple[Later, ...] = ()
    campaign: str = ""  # code of the poster or event that brought the person here
    subject: str = ""  # whom the answers are about when not the speaker
    amends: str = ""  # the registration whose answers it changes, „12:3MK-2026-000012”
    follows: str = ""  # the first run of a chain: its contact and permissions were carried over

    def with_(self, **changes: Any) -> "Run":
        """Return a copy with some fields changed."""
        return changed(self, changes)


def changed(value: T, changes: Mapping[str, Any]) -> T:
    """Return a copy of a frozen dataclass without slots, some fields changed; raises TypeError on an unknown field.

    A turn makes ten: `dataclasses.replace`, which sets every field anew, was a tenth of all thinking.
    """
    copy = object.__new__(type(value))
    fields = copy.__dict__
    fields.update(value.__dict__)
    known = len(fields)
    fields.update(changes)
    if len(fields) != known:
        raise TypeError(f"{type(value).__name__} has no field {', '.join(changes.keys() - value.__dict__.keys())}")
    return copy


def encode_run(flow: Flow, run: Run) -> Json:
    """Turn a run into what JSON can hold, each value by its own question."""

    def values(known: Mapping[str, Any]) -> Json:
        questions = ((key, flow.question(key), value) for key, value in known.items())
        return {key: question.encode(value) for key, question, value in questions if question}

    stored: dict[str, Json] = {"id": run.id, "flow": run.flow, "started_at": run.started_at.isoformat()}
    stored |= {"answers": values(run.answers)} if run.answers else {}
    stored |= {"begun": values(run.begun)} if run.begun else {}
    stored |= {name: list(getattr(run, name)) for name in ("skipped", "path", "reopened") if getattr(run, name)}
    stored |= {
        name: getattr(run, name)
        for name in ("misses", "campaign", "subject", "follows", "amends")
        if getattr(run, name)
    }
    if run.later:
        stored["later"] = [[later.text, later.said_at.isoformat()] for later in run.later]
    return stored


def decode_run(flow: Flow, stored: Json) -> Run:
    """Read a stored run. A key that the flow no longer has, or a value it can no longer read, is asked again."""

    def values(known: Mapping[str, Json]) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for key, value in known.items():
            question = flow.question(key)
            if question is None:
                continue
            try:
                read[key] = question.decode(value)
            except (ValueError, KeyError, TypeError):
                continue
        return read

    def keys(name: str) -> tuple[str, ...]:
        return tuple(key for key in stored.get(name, ()) if flow.question(key))

    return Run(
        id=stored["id"],
        flow=stored["flow"],
        started_at=datetime.fromisoformat(stored["started_at"]),
        answers=values(stored.get("answers", {})),
        begun=values(stored.get("begun", {})),
        skipped=keys("skipped"),
        path=keys("path"),
        reopened=keys("reopened"),
        misses=stored.get("misses", 0),
        later=tuple(Later(text=text, said_at=datetime.fromisoformat(at)) for text, at in stored.get("later", ())),
        campaign=stored.get("campaign", ""),
        subject=stored.get("subject", ""),
        follows=stored.get("follows", ""),
        amends=stored.get("amends", ""),
    )
