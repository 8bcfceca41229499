"""`check`: everything that people edit, in human words: topics, steps, flows, words."""

import argparse
from collections.abc import Iterator
from datetime import datetime

from bot.clock import RIGA
from bot.registrations.export import mapping
from bot.words.__main__ import extract, missing, updated
from bot.words.catalogs import LANGUAGES
from flows.catalogue import FLOWS
from flows.grammar import Flow
from flows.steps_kind import Steps
from knowledge import entry_form, step, topic

_BUTTON = 20  # characters that fit on a phone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing."""


def run(options: argparse.Namespace) -> int:  # noqa: ARG001 - a command's shape
    """Print every problem; 1 when there is one."""
    problems = [
        *topic_problems(),
        *map(str, step.check(datetime.now(RIGA).date())),
        *map(str, entry_form.check()),
        *mapping.check(),
        *(problem for flow in FLOWS.values() for problem in flow_problems(flow)),
        *word_problems(),
    ]
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "everything is in order")
    return 1 if problems else 0


def flow_problems(flow: Flow) -> Iterator[str]:
    """Name what is wrong with a flow."""
    keys = [question.key for question in flow.questions]
    for key in {key for key in keys if keys.count(key) > 1}:
        yield f"{flow.name}: the key {key} is used twice; every question needs its own"
    for key, label in [(question.key, label) for question in flow.questions for label in _labels(flow, question.key)]:
        if len(label) > _BUTTON:
            yield f"{flow.name}: the button „{label}” ({key}) has {len(label)} characters; {_BUTTON} fit"
    yield from _steps_used_twice(flow)
    for question in flow.questions:
        for other in question.depends_on:
            if other not in keys:
                yield f"{flow.name}: {question.key} depends on {other}, and there is no such question"
    for key in flow.carried:
        if key not in keys:
            yield f"{flow.name}: {key} is carried over, and there is no such question"


def _steps_used_twice(flow: Flow) -> Iterator[str]:
    for question in flow.questions:
        steps = [known.key for known in question.steps] if isinstance(question, Steps) else []
        for key in {key for key in steps if steps.count(key) > 1}:
            yield f"{flow.name}: {question.key} has two steps {key}; every step needs its own key"


def _labels(flow: Flow, key: str) -> list[str]:
    question = flow.question(key)
    return [question.change, *(option.label for option in question.options({}))] if question else []


def topic_problems() -> Iterator[str]:
    """Name what is wrong with the topics."""
    topics, unreadable = topic.read()
    today = datetime.now(RIGA).date()
    for problem in (*unreadable, *topic.check(topics, today=today, flows=tuple(FLOWS))):
        yield str(problem)


def word_problems() -> Iterator[str]:
    """Name the sentences that a language lacks."""
    found = extract()
    for language in LANGUAGES:
        for problem in missing(updated(language, found)):
            yield f"templates/locale/{language}: {problem}"
