"""Stored conversations: every state that a release has written is loaded by this one, and goes on sensibly.

`tests/states/v1-*.json` are conversations as the first release stored them. They are never written anew: a release
that stores another shape adds files with its own number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.state import STATE_VERSION, Act, Conversation, Do, Tapped, decode, decode_act, encode
from flows.catalogue import FLOWS
from flows.grammar import Json
from tests.talking import START, Person, restarted, world

_STATES = Path(__file__).parent / "states"


@dataclass(frozen=True, kw_only=True)
class _Next:
    """What the person says next, and what must come of it."""

    says: tuple[str, ...]
    outcome: str
    told: str  # a part of what is answered
    answers: Mapping[str, Json] = field(default_factory=dict)  # some of those of the active run, as stored


_EXPECTED = {
    "first-words": _Next(says=("paldies",), outcome="smalltalk", told="Lūdzu!"),
    "mid-flow": _Next(
        says=("„Kalniņi”, Drustu pagasts",),
        outcome="answered",
        told="5. no 8. Kas tā ir par vietu?",
        answers={"who": "person", "plantings": [["Quercus robur", 50], ["Tilia cordata", 20]]},
    ),
    "part-of-an-answer": _Next(
        says=("50",), outcome="answered", told="ozols – 50", answers={"plantings": [["Quercus robur", 50]]}
    ),
    "organisation": _Next(
        says=("Ilze Bērziņa 26123456",),
        outcome="answered",
        told="Organizācija: Drustu pamatskola",
        answers={"who": "school", "organisation": "Drustu pamatskola"},
    ),
    "review": _Next(says=("jā",), outcome="submitted", told="3MK-2026-000001"),
    "reopened": _Next(
        says=("[Atstāt, kā bija]",), outcome="keep", told="Kurš kokus ievadīs", answers={"kind": "field"}
    ),
    "proposed": _Next(
        says=("jā",),
        outcome="answered",
        told="Kur koki aug?",
        answers={"planted": ["2022-09-01", "2022-11-30", "season"]},
    ),
    "album": _Next(says=("📷",), outcome="answered", told="Foto: 3 no 5"),
    "live-place": _Next(says=("jā",), outcome="answered", told="Siguldas novads, vieta kartē"),
    "two-places": _Next(says=("dārzā",), outcome="answered", told="Vai šos kokus", answers={"kind": "homestead"}),
    "ended": _Next(
        says=("[Vēl viena vieta]",),
        outcome="flow",
        told="Kādus kokus un cik iestādījāt?",
        answers={"who": "person", "entered_by": "staff", "contact": {"name": "Anna Kalniņa", "phone": "+37126123456"}},
    ),
    "ended-with-another-place": _Next(
        says=("jā",), outcome="flow", told="Cēsu novads, Cēsis", answers={"plantings": [["Tilia cordata", 20]]}
    ),
    "parked": _Next(says=("dzēst iesākto", "jā"), outcome="discarded", told="Iesākto izdzēsu"),
    "asking-for-staff": _Next(says=("26123456",), outcome="answered", told="Darbinieks Jums piezvanīs"),
    "campaign-in-english": _Next(
        says=("Drustu pamatskola",), outcome="answered", told="plantings", answers={"who": "school"}
    ),
    "nudged": _Next(says=("[Turpināt]",), outcome="resume", told="ozols – 10"),
    "skipped": _Next(says=("šeit",), outcome="answered", told="Darbinieks Jums atbildēs šeit"),
    "missed-twice": _Next(says=("rtzpl",), outcome="missed", told="Varu pasaukt darbinieku"),
    "asked-to-cancel": _Next(says=("jā",), outcome="discarded", told="Iesākto izdzēsu"),
    "steps": _Next(says=("neizdodas",), outcome="begun", told="Nodevu šo soli darbiniekam. Atbildi saņemsiet līdz"),
    "asked-by-staff": _Next(says=("55 ozoli",), outcome="answered_staff", told="Atbildi par 3MK-2026-000007 nodevu"),
    "of-another-house": _Next(
        says=("„Kalniņi”, Drustu pagasts",),
        outcome="answered",
        told="5. no 8. Kas tā ir par vietu?",
        answers={"who": "person", "planted": ["2025-04-01", "2025-04-30", "month"]},
    ),
}


def _stored(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_STATES / f"v1-{name}.json").read_text(encoding="utf-8"))
    return found


def _person(name: str) -> Person:
    """Return a person whose conversation is a stored one, with the buttons that were shown last."""
    conversation = decode(_stored(name), FLOWS)
    person = Person(conversation, at=START.replace(day=24))
    if prompt := conversation.prompt:
        tapped = Tapped(id=prompt.id, run_id=prompt.run_id, acts=tuple(act for _, act in prompt.offers))
        person.prompts.append((tapped, tuple(label for label, _ in prompt.offers)))
    return person


def test_every_stored_state_is_expected_to_go_on() -> None:
    """A file without an expectation, or an expectation without a file, is an oversight."""
    assert sorted(_EXPECTED) == sorted(path.stem.removeprefix("v1-") for path in _STATES.glob("v1-*.json"))


def test_a_new_shape_gets_files_of_its_own() -> None:
    """The number of the stored shape has states to its name."""
    assert list(_STATES.glob(f"v{STATE_VERSION}-*.json"))


@pytest.mark.parametrize("name", _EXPECTED)
def test_a_stored_conversation_goes_on(name: str) -> None:
    """Each stored state loads, is stored again without loss, and the next words lead where they should."""
    person, expected = _person(name), _EXPECTED[name]
    restarted(person.conversation, world())
    person.says(*expected.says)
    run = person.conversation.run
    assert expected.outcome == person.last.outcome
    assert expected.told in f"{person.heard} {person.conversation.prompt and person.conversation.prompt.keys}"
    stored = encode(person.conversation, FLOWS)["run"].get("answers", {}) if run else {}
    assert dict(expected.answers) == {key: stored.get(key) for key in expected.answers}


@pytest.mark.parametrize("name", sorted(set(_EXPECTED) - {"of-another-house"}))
def test_what_this_release_stores_is_what_it_has_read(name: str) -> None:
    """Loading and storing changes nothing, so that an older release can go on with it."""
    stored = _stored(name)
    assert stored == json.loads(json.dumps(encode(decode(stored, FLOWS), FLOWS)))


def test_a_flow_that_is_no_more_is_forgotten() -> None:
    """Runs of a flow that a deploy has removed are left out; the others stay."""
    conversation = decode(_stored("of-another-house"), FLOWS)
    assert (None, ()) == (conversation.ended, conversation.parked)
    assert conversation.run
    assert "register_trees" == conversation.run.flow


def test_a_question_or_an_answer_that_is_no_more_is_forgotten() -> None:
    """A removed question leaves no trace, and a value that its question can't hold is asked for again."""
    run = decode(_stored("of-another-house"), FLOWS).run
    assert run
    assert {"who", "plantings", "planted"} == set(run.answers)
    assert ((), (), {}) == (run.reopened, run.skipped, run.begun)
    assert "soil" not in run.path


@pytest.mark.parametrize(
    ("label", "outcome"),
    [
        ("Purvs", "changed_flow"),
        ("Māls", "changed_flow"),
        ("Pārcelties", "nothing"),
        ("Stādiet man", "nothing"),
        ("Par purviem", "nothing"),
        ("Turpināt iesākto", "resume"),
    ],
)
def test_a_button_that_is_no_more_asks_the_open_question_again(label: str, outcome: str) -> None:
    """Buttons of a removed question, answer, act, flow, topic or run change nothing, pressed or typed."""
    for line in (f"[{label}]", label):
        person = _person("of-another-house")
        before = person.conversation
        person.says(line)
        assert outcome == person.last.outcome
        assert before.run
        assert person.conversation.run
        assert before.run.answers == person.conversation.run.answers
        assert "ur koki aug?" in person.heard


def test_an_unknown_act_does_nothing() -> None:
    """What a later release lets a button do is nothing to this one."""
    assert Act(do=Do.NOTHING, key="k", value=[1]) == decode_act(["teleport", "k", [1]])


def test_no_state_is_a_new_conversation() -> None:
    """Somebody we have not met has an empty conversation."""
    assert Conversation() == decode({}, FLOWS)
