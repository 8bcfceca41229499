"""`flow show NAME`: a flow's questions as a table and as a diagram (Mermaid)."""

import argparse
from collections.abc import Iterator
from itertools import pairwise

from flows.catalogue import FLOWS
from flows.grammar import Flow, always
from flows.steps_kind import Steps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=["show"])
    parser.add_argument("name", choices=sorted(FLOWS))


def run(options: argparse.Namespace) -> int:
    """Print both."""
    flow = FLOWS[options.name]
    print("\n".join([*_table(flow), "", *_diagram(flow)]))
    return 0


def _table(flow: Flow) -> Iterator[str]:
    """One row a question: key, kind, what is asked, when, what is looked at; then the steps of each that has any."""
    yield f"{flow.name}: {flow.title} -> {flow.ends_with}"
    yield ""
    yield "| key | kind | question | asked | checks |"
    yield "|---|---|---|---|---|"
    for question in flow.questions:
        when = "when it applies" if question.only_if is not always else "always"
        when = "offered in the review" if question.offered else when + (", may be skipped" if question.optional else "")
        checks = ", ".join(check.key + (" (refused)" if check.refuse else "") for check in question.checks)
        yield f"| {question.key} | {type(question).__name__} | {question.ask} | {when} | {checks} |"
    for question in flow.questions:
        if isinstance(question, Steps):
            yield from _steps(question)


def _steps(question: Steps) -> Iterator[str]:
    """One row a step: what to do, and what is said when it fails."""
    yield ""
    yield f"| {question.key} | step | repair |"
    yield "|---|---|---|"
    for number, step in enumerate(question.steps, 1):
        told = [text.replace("\n", "<br>") for text in (step.do, step.repair)]
        yield f"| {number} {step.key} | {' | '.join(told)} |"


def _diagram(flow: Flow) -> Iterator[str]:
    """The order of asking; a dotted arrow is an answer that is asked about again when another changes."""
    yield "```mermaid"
    yield "flowchart TD"
    asked = [question for question in flow.questions if not question.offered]
    for question in flow.questions:
        brackets = "{{%s}}" if question.only_if is not always else "[%s]"
        yield f"  {question.key}{brackets % question.label}"
    for before, after in pairwise(asked):
        yield f"  {before.key} --> {after.key}"
    if asked:
        yield f"  {asked[-1].key} --> review([{flow.submit}])" if flow.reviewed else f"  {asked[-1].key} --> done([ ])"
    for question in flow.questions:
        for cause in question.depends_on:
            yield f"  {cause} -.-> {question.key}"
    yield "```"
