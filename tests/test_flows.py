"""Flows as declared: what people are asked, what the buttons say, and that our own examples are understood."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.words import Words
from flows import engine
from flows.catalogue import FLOWS, MAIN_FLOW
from flows.eligibility import assess
from flows.grammar import Flow, Partly, Question, Understood
from flows.kinds import Choice
from flows.register_trees import REGISTER_TREES
from flows.run import Run
from flows.said import Said
from flows.when_kind import Planted
from tests.talking import Person

_TODAY = date(2026, 11, 23)
_LONGEST_LABEL = 20  # characters that a phone shows
_LONGEST_IN_A_ROW = 30
_QUESTIONS = [(flow, question) for flow in FLOWS.values() for question in flow.questions]
_WORDS = Words()


def _id(value: object) -> str:
    return value.key if isinstance(value, Question) else value.name if isinstance(value, Flow) else str(value)


def _labels() -> Iterator[str]:
    for flow, question in _QUESTIONS:
        yield question.change
        yield from (option.label for option in question.options({}))
        yield from (permission.label for permission in flow.permissions)


@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_button_fits_on_a_phone(language: str) -> None:
    """No label is longer than 20 characters, in either language; the one that sends has a row to itself."""
    tongue = _WORDS.tongue(language)
    said = {tongue.text(label) for label in _labels()}
    assert [] == sorted(label for label in said if len(label) > _LONGEST_LABEL)
    assert [] == [flow.name for flow in FLOWS.values() if len(tongue.text(flow.submit)) > _LONGEST_IN_A_ROW]


@pytest.mark.parametrize("flow", FLOWS.values(), ids=_id)
def test_a_flow_names_only_its_own_questions(flow: Flow) -> None:
    """Keys are unique, and what hangs on a question hangs on one that there is."""
    keys = [question.key for question in flow.questions]
    named = {*flow.carried, *flow.begins, *(key for question in flow.questions for key in question.depends_on)}
    assert sorted(set(keys)) == sorted(keys)
    assert set() == named - set(keys)


@pytest.mark.parametrize(("flow", "question"), _QUESTIONS, ids=_id)
def test_the_examples_that_we_give_are_understood(flow: Flow, question: Question[Any]) -> None:
    """Whoever copies an example from „Piemēram: …” is understood, in both languages."""
    for language in ("lv", "en"):
        for example in _examples(_WORDS.tongue(language).text(question.example)):
            reading = question.read(Said(text=example), _TODAY)
            assert isinstance(reading, Understood | Partly), f"{flow.name}.{question.key}: {example!r}"


@pytest.mark.parametrize(
    ("question", "alternative"),
    [(q, a) for _, q in _QUESTIONS if isinstance(q, Choice) for a in q.alternatives],
    ids=lambda value: getattr(value, "code", None) or value.key,
)
def test_a_button_may_be_typed_and_said_in_other_words(question: Choice, alternative: Any) -> None:
    """The Latvian label, its number and every synonym mean the alternative that they stand for, and no other."""
    number = str(question.alternatives.index(alternative) + 1)
    for text in (alternative.label, number, *alternative.words, *alternative.told):
        reading = question.read(Said(text=text.replace("*", "")), _TODAY)
        assert isinstance(reading, Understood), text
        assert alternative.code == reading.value, text


@pytest.mark.parametrize(("flow", "question"), _QUESTIONS, ids=_id)
def test_what_a_button_holds_can_be_stored_and_shown(flow: Flow, question: Question[Any]) -> None:
    """The value of every button is read back, and said in both languages without a gap."""
    for option in question.options({}):
        if option.request:
            continue
        value = question.decode(option.value)
        for language in ("lv", "en"):
            assert question.show(value, _WORDS.tongue(language)), f"{flow.name}.{question.key}"


def test_a_private_person_is_asked_eight_questions() -> None:
    """„3. no 8”: eight are asked, whatever is answered; a picture brings one more, which is not counted."""
    run = Run(id="r", flow=MAIN_FLOW, started_at=datetime(2026, 11, 23, tzinfo=UTC), answers={"who": "person"})
    assert (2, 8) == engine.progress(REGISTER_TREES, run, "plantings")
    person = Person()
    person.says("Reģistrēt kokus", "es", "📷")
    assert "2. no 8." in person.heard
    person.says("10 ozoli", "vakar", "„Kalniņi”, Drustu pagasts", "lauks", "nē")
    assert "Vai fotoattēlā redzami cilvēki?" in person.heard.splitlines()


def test_an_organisation_is_asked_its_name_as_well() -> None:
    """The ninth question is only for organisations."""
    run = Run(id="r", flow=MAIN_FLOW, started_at=datetime(2026, 11, 23, tzinfo=UTC), answers={"who": "school"})
    assert (2, 9) == engine.progress(REGISTER_TREES, run, "organisation")


_PLAIN = {"planted": Planted(first=date(2024, 5, 1), last=date(2024, 5, 31)), "kind": "field", "additional": "no"}


@pytest.mark.parametrize(
    ("answers", "status", "reasons"),
    [
        ({}, "fits", ()),
        ({"planted": Planted(first=date(2020, 5, 20), last=date(2020, 5, 20))}, "fits", ()),
        ({"planted": Planted(first=date(2020, 5, 19), last=date(2020, 5, 19))}, "unfit", ("before_cutoff",)),
        ({"planted": Planted(first=date(2020, 1, 1), last=date(2020, 12, 31))}, "staff", ("around_cutoff",)),
        ({"planted": Planted(first=date.min, last=date(2019, 12, 31))}, "unfit", ("before_cutoff",)),
        ({"planted": Planted()}, "staff", ("unknown_date",)),
        ({"additional": "duty"}, "unfit", ("duty",)),
        ({"additional": "paid"}, "staff", ("paid",)),
        ({"additional": "unsure"}, "staff", ("unsure",)),
        ({"kind": "forest"}, "staff", ("forest",)),
        ({"kind": "other"}, "staff", ("other_place",)),
        ({"kind": "forest", "additional": "duty"}, "unfit", ("duty",)),
    ],
)
def test_eligibility_is_plain_or_left_to_the_specialists(
    answers: dict[str, Any], status: str, reasons: tuple[str, ...]
) -> None:
    """Only what the sources say for sure is judged: the day itself counts, forest and money are not ours to judge."""
    verdict = assess({**_PLAIN, **answers}, _TODAY)
    assert (status, reasons) == (verdict.status, verdict.reasons)


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ("mainīt skaitu", "plantings"),
        ("mainīt koku skaitu", "plantings"),
        ("mainīt stādītāju", "who"),
        ("mainīt stādīšanas laiku", "planted"),
        ("mainīt vietu", "place"),
        ("mainīt adresi", "place"),
        ("labot kadastra numuru", "place"),
        ("mainīt vietas veidu", "kind"),
        ("labot pienākumu", "additional"),
        ("mainīt ievadītāju", "entered_by"),
        ("mainīt tālruņa numuru", "contact"),
        ("mainīt e-pasta adresi", "contact"),
        ("mainīt vārdu", "contact"),
        ("change the number of trees", "plantings"),
        ("change the place", "place"),
        ("change my phone number", "contact"),
    ],
)
def test_a_question_is_known_by_what_people_call_it(named: str, key: str) -> None:
    """„Mainīt …” reopens the question that is meant, at the review as anywhere."""
    person = Person()
    person.says("Gribu reģistrēt 10 ozolus, stādīti 2023. gada maijā, „Kalniņi”, Drustu pagasts, pļavā")
    person.says("es", "nē", "ievadiet jūs", "Anna Kalniņa 26123456", named)
    run = person.conversation.run
    assert run
    assert (key,) == run.reopened


def _examples(sentence: str) -> list[str]:
    """Take the examples out of „Piemēram: „mēs ar vīru” vai „skola”.”; nothing where an example is to be shown."""
    _, _, given = sentence.rstrip(".").partition(": ")
    quoted = re.findall(r"[„“]([^„“”]+)”", given)
    return quoted if quoted and not given.startswith(("„Kalniņi”", "“Kalniņi”", "SIA")) else [given] if given else []
