"""The form that staff enter registrations into: its fields, in order (`knowledge/steps/mapmytree_form.yaml`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.topic import Problem

MAPMYTREE = Path(__file__).with_name("steps") / "mapmytree_form.yaml"
# What a registration can give.
VALUES = ("count", "trees", "planted", "lat", "lon", "place", "cadastre", "land", "planter", "organisation")

_CERTAINTIES = ("sure", "likely", "unseen")
_PARTS = {"label", "value", "certainty"}
_COPY = "Write {label: Koku skaits, value: count, certainty: sure}"
_MARKUP = "<>&"  # would not come out as written


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field: what it is called, which value it takes, and whether anybody of us has seen it."""

    label: str
    value: str
    seen: bool


def load(path: Path = MAPMYTREE) -> tuple[Field, ...]:
    """Read the fields, in their order; what is wrong with one (`check` says what) leaves it out."""
    content = _content(path)
    known = content.get("fields") if isinstance(content, dict) else None
    fields = known if isinstance(known, list) else []
    good = [(n, one) for n, one in enumerate(fields, 1) if not list(_field_problems(path.name, n, one))]
    return tuple(Field(label=one["label"], value=one["value"], seen=one["certainty"] != "unseen") for _, one in good)


def check(path: Path = MAPMYTREE) -> list[Problem]:
    """Return what an editor should mend."""
    content = _content(path)
    if isinstance(content, Problem):
        return [content]
    return list(_problems(path.name, content))


def _content(path: Path) -> Any:
    try:
        return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mend = "Put a text that holds a colon or begins with a quote between quotes"
        return Problem(file=path.name, what=f"this isn't YAML: {str(error).splitlines()[0]}", mend=mend)


def _problems(file: str, content: Any) -> Iterator[Problem]:
    fields = content.get("fields") if isinstance(content, dict) else None
    if not isinstance(fields, list) or not fields:
        yield Problem(file=file, what="it holds no list of fields", mend="Write “fields:” and a line for each")
        return
    if not (content.get("source") and isinstance(content.get("checked"), date)):
        mend = "Write “source:” and “checked: 2026-11-22”"
        yield Problem(file=file, what="it doesn't say where the fields were seen, and when", mend=mend)
    for number, one in enumerate(fields, 1):
        yield from _field_problems(file, number, one)
    values = [one.get("value") for one in fields if isinstance(one, dict)]
    for value in sorted({value for value in values if values.count(value) > 1}, key=str):
        yield Problem(file=file, what=f"“{value}” is asked for twice", mend="Leave one of them out")


def _field_problems(file: str, number: int, one: Any) -> Iterator[Problem]:
    if not isinstance(one, dict) or set(one) != _PARTS or not isinstance(one["label"], str) or not one["label"].strip():
        yield Problem(file=file, what=f"field {number} is not a label, a value and a certainty", mend=_COPY)
        return
    if one["value"] not in VALUES:
        what = f"field {number} takes “{one['value']}”, which no registration has"
        yield Problem(file=file, what=what, mend=f"Choose one of {', '.join(VALUES)}")
    if one["certainty"] not in _CERTAINTIES:
        what = f"field {number} is “{one['certainty']}”"
        yield Problem(file=file, what=what, mend=f"Choose one of {', '.join(_CERTAINTIES)}")
    if any(sign in one["label"] for sign in _MARKUP):
        yield Problem(file=file, what=f"the label of field {number} holds one of {_MARKUP}", mend="Say it in words")
