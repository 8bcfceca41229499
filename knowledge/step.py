"""Steps through a form that staff know and we don't, in `knowledge/steps/*.yaml`: read here, checked in human words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.topic import Problem

MAPMYTREE = Path(__file__).with_name("steps") / "mapmytree.yaml"

_LANGUAGES = ("lv", "en")
_MOST_CHARACTERS = 700
_MARKUP = "%<>&"  # would not come out as written
_STALE_DAYS = 365
_COPY = "Copy the example at the top of the file"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: what to do and what helps when it fails, each by language."""

    key: str
    do: Mapping[str, str]
    repair: Mapping[str, str]


def load(path: Path = MAPMYTREE) -> tuple[Step, ...]:
    """Read the steps of a file; none when any of it is wrong (`check` says what): half an instruction misleads."""
    content = _content(path)
    if isinstance(content, Problem) or list(_problems(path.name, content)):
        return ()
    return tuple(Step(key=step["key"], do=step["do"], repair=step.get("repair", {})) for step in content["steps"])


def check(today: date, path: Path = MAPMYTREE) -> list[Problem]:
    """Return what an editor should mend."""
    content = _content(path)
    if isinstance(content, Problem):
        return [content]
    wrong = list(_problems(path.name, content))
    if not wrong and content["steps"] and (today - content["checked"]).days > _STALE_DAYS:
        what = f"it was last checked on {content['checked']}, more than a year ago"
        wrong = [Problem(file=path.name, what=what, mend="Go through the form and put today's date into “checked”")]
    return wrong


def _content(path: Path) -> Any:
    try:
        return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mend = "Put a text that holds a colon or begins with a quote between quotes"
        return Problem(file=path.name, what=f"this isn't YAML: {str(error).splitlines()[0]}", mend=mend)


def _problems(file: str, content: Any) -> Iterator[Problem]:
    """Yield what keeps a file from being shown to people."""
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list):
        yield Problem(file=file, what="it holds no list of steps", mend="Write “steps: []” while there are none")
        return
    if content["steps"] and not (content.get("source") and isinstance(content.get("checked"), date)):
        mend = "Write “source:” and “checked: 2026-11-22”"
        yield Problem(file=file, what="it doesn't say where the steps were seen, and when", mend=mend)
    keys = [step.get("key") if isinstance(step, dict) else None for step in content["steps"]]
    for number, (key, step) in enumerate(zip(keys, content["steps"], strict=True), 1):
        if not isinstance(key, str) or not key.isidentifier():
            yield Problem(file=file, what=f"step {number} has no key", mend=_COPY)
            continue
        if key in keys[: number - 1]:
            yield Problem(file=file, what=f"two steps have the key “{key}”", mend="Give each a key of its own")
        for part in sorted(step.keys() - {"key", "do", "repair"}, key=str):
            yield Problem(file=file, what=f"step “{key}” has an unknown part “{part}”", mend=_COPY)
        for part in ("do", "repair"):
            if part == "do" or part in step:
                yield from _untold(file, f"“{part}” of step “{key}”", step.get(part))


def _untold(file: str, name: str, texts: Any) -> Iterator[Problem]:
    if not isinstance(texts, dict) or set(texts) != set(_LANGUAGES):
        yield Problem(file=file, what=f"{name} is not a text in lv and en", mend=_COPY)
        return
    for language, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            yield Problem(file=file, what=f"{name} is empty in “{language}”", mend="Write it in that language too")
        elif any(sign in text for sign in _MARKUP):
            yield Problem(file=file, what=f"{name} holds one of {_MARKUP}", mend="Say it in words")
        elif len(text) > _MOST_CHARACTERS:
            yield Problem(file=file, what=f"{name} has {len(text)} characters", mend="Make two steps of it")
