"""Small flows that nobody wrote, and what answers their questions: for tests of what holds in every flow."""

import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from flows.audience_kind import ToWhom
from flows.catalogue import FLOWS
from flows.contact_kinds import Reach
from flows.event_kinds import Coming, Limit
from flows.grammar import Answers, Flow, Question
from flows.kinds import Alternative, Choice, Phone, Text, YesNo
from flows.list_kind import Listing
from flows.photo_kind import Photos
from flows.planting_kind import Plantings
from flows.said import File, Position, Said
from flows.steps_kind import Step, Steps
from flows.when_kind import When
from flows.where_kind import Where

# What people may say to a question of each kind: whole answers, parts of answers, and nonsense.
_WHOLE: Mapping[type[Question[Any]], tuple[str, ...]] = {
    Choice: ("sarkans", "zils", "zaļš"),
    YesNo: ("jā", "nē"),
    Text: ("Drustu pamatskola", "Zaļā birze"),
    Phone: ("26123456", "29111111"),
    Reach: ("Anna Kalniņa 26123456", "Jānis Ozols, janis@example.lv"),
    When: ("2023. gada maijā", "15.04.2024.", "neatceros"),
    Plantings: ("50 ozoli un 20 liepas", "100 dažādi koki"),
    Where: ("„Kalniņi”, Drustu pagasts", "Rīgas iela 5, Madona", "56.9496, 24.1052"),
    Photos: ("📷",),
    Listing: ("📑", "turpinām bez tām"),
    Coming: ("sestdien no 10 līdz 14", "5. decembrī no 11 līdz 13"),
    Limit: ("40", "bez ierobežojuma"),
    ToWhom: ("visi", "kas reģistrējuši kokus"),
    Steps: ("visu izdarīju", "1) gatavs 2) izdarīju"),
}
_PARTS = (
    *("ozoli", "30", "26123456", "Anna Kalniņa", "Madonas novadā", "kadastrs 7494 012 0849", "📍~"),
    *("izdarīju", "nesanāk", "tālāk"),
)
_NONSENSE = ("qwrtz", "?", "hmm nu tā", "vai tas ir obligāti?", "2031. gadā", "31.02.2024.", "0 koku")
_COLOURS = (
    Alternative(code="red", label="Sarkans", words=("sarkan*",), told=("sarkana krasa",)),
    Alternative(code="blue", label="Zils", words=("zil*",)),
    Alternative(code="green", label="Zaļš", words=("zal*",)),
)
_KINDS = (Choice, YesNo, Text, Phone, Reach, When, Plantings, Where, Photos, Steps)
_STEPS = (Step(key="open", do="Atveriet.", repair="Pārbaudiet."), Step(key="shut", do="Aizveriet."))


@dataclass(frozen=True, slots=True)
class _OnlyIf:
    """Applies when another question was answered so; it compares by what it says, as a flow of one file does."""

    key: str
    value: Any

    def __call__(self, answers: Answers) -> bool:
        return bool(answers.get(self.key) == self.value)


def said(line: str) -> Said:
    """Turn a line into content: `📷` is a picture, `📍~` the place of a phone on its way."""
    if line == "📷":
        return Said(files=(File(ref="f1", unique="f1"),))
    if line == "📍~":
        return Said(position=Position(lat=57.152, lon=24.865, live=True))
    return Said(text=line)


def answers(question: Question[Any]) -> tuple[str, ...]:
    """Return what answers a question whole, whatever flow it belongs to."""
    kinds = [kind for kind in _WHOLE if isinstance(question, kind)]
    if isinstance(question, Choice) and question.alternatives != _COLOURS:
        return tuple(alternative.label for alternative in question.alternatives)
    return _WHOLE[kinds[-1]]


def lines(flow: Flow) -> st.SearchStrategy[str]:
    """What may be said in a flow: an answer to any question, a part of one, several at once, nonsense."""
    whole = [line for question in flow.questions for line in answers(question)]
    several = st.lists(st.sampled_from(whole), min_size=2, max_size=4).map(", ".join)
    return st.one_of(st.sampled_from(whole), several, st.sampled_from(_PARTS), st.sampled_from(_NONSENSE))


@st.composite
def questions(draw: st.DrawFn, key: str, before: tuple[Question[Any], ...] = ()) -> Question[Any]:
    """Make a question of some kind; it may hang on the questions before it."""
    kind = draw(st.sampled_from(_KINDS))
    words: dict[str, Any] = dict.fromkeys(("ask", "again", "label", "why", "example"), f"Kas ir {key}?")
    more: dict[str, Any] = {"alternatives": _COLOURS} if kind is Choice else {"steps": _STEPS} if kind is Steps else {}
    deciding = [(q.key, "red" if isinstance(q, Choice) else True) for q in before if isinstance(q, Choice | YesNo)]
    if draw(st.booleans()) and deciding:
        more["only_if"] = _OnlyIf(*draw(st.sampled_from(deciding)))
    if draw(st.booleans()) and before:
        more["depends_on"] = (draw(st.sampled_from([question.key for question in before])),)
    more["optional"] = draw(st.booleans())
    more["offered"] = more["optional"] and draw(st.booleans())
    question: Question[Any] = kind(key=key, change=f"Mainīt {key}", things=(key,), **words, **more)
    return question


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Make a flow of a few questions, or take one of ours."""
    if draw(st.integers(0, 3)) == 0:
        # No words answer the question which list: it comes as a file, and is read elsewhere.
        ours = (f for f in FLOWS.values() if f.questions and not any(isinstance(q, Listing) for q in f.questions))
        return draw(st.sampled_from(sorted(ours, key=lambda flow: flow.name)))
    made: tuple[Question[Any], ...] = ()
    for key in string.ascii_lowercase[: draw(st.integers(2, 6))]:
        made = (*made, draw(questions(f"{key}{key}", made)))
    return Flow(name="small", title="Maza", opening="Sākam.", questions=made, ends_with="small.ended", submit="Sūtīt")


def with_question(flow: Flow, question: Question[Any], at: int) -> Flow:
    """Return a flow as after a deploy that adds a question."""
    asked = list(flow.questions)
    asked.insert(at % (len(asked) + 1), question)
    return replace(flow, questions=tuple(asked))


def without_question(flow: Flow, key: str) -> Flow:
    """Return a flow as after a deploy that removes a question, and what hung on it alone."""
    kept = [
        replace(question, depends_on=tuple(on for on in question.depends_on if on != key))
        for question in flow.questions
        if question.key != key
    ]
    return replace(flow, questions=tuple(kept))
