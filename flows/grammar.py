"""The words a flow is written in: what a question is, what reading an answer can come to, what a flow declares."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from flows.said import Position, Said

V = TypeVar("V")
Answers = Mapping[str, Any]  # question key -> value, of the type that its question reads
Json = Any  # what json.dumps takes


def L(sentence: str) -> str:  # noqa: N802 - the mark that Babel looks for
    """Mark a Latvian sentence for translation. The sentence itself is the message id."""
    return sentence


class Voice(Protocol):
    """Says values in the reader's language. `bot.words` has the real one."""

    language: str

    def text(self, sentence: str, /, **values: object) -> str:
        """Translate a marked sentence and fill in its `%(name)s` places."""
        ...

    def number(self, number: float, /) -> str:
        """Write a number with the language's separators: 12 000 000."""
        ...

    def day(self, day: date, /) -> str:
        """Write a day: 2026. gada 22. novembrī, 22 November 2026."""
        ...

    def period(self, first: date, last: date, precision: str, /) -> str:
        """Write a period as precisely as it was told (day, month, season, year, range): 2023. gada pavasarī."""
        ...

    def hours(self, day: date, start: time | None, end: time | None, /) -> str:
        """Write when something is going to be: sestdien, 12. decembrī, no plkst. 10.00 līdz 14.00."""
        ...


# --- what reading comes to --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A button under a question: pressing it gives `value` (encoded). Labels are at most 20 characters."""

    label: str
    value: Json
    request: str = ""  # "location" | "contact": the phone is asked for it instead


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What a person has to help with before the rest of an answer can come: told to staff once."""

    subject: str
    details: Mapping[str, Json]


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood(Generic[V]):
    """The whole value was read; `spans` are the parts of the text that state it."""

    value: V
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Partly(Generic[V]):
    """A part was read and is kept; `ask` is what is still missing (`given` fills its `%(given)s`).

    `at_once` when that can't wait until the question's turn comes: whether a phone on its way is at the trees now.
    `otherwise` is the button that takes the part back and puts the question anew. `part` is which one of how many is
    asked for: „3. solis no 12”. `call` is what a person has to help with meanwhile, and
    `leads_to` names flows that may help. `by_letter` is how a letter asks where `ask` speaks of what only a phone does.
    """

    value: V
    ask: str
    given: str = ""
    options: tuple[Option, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    at_once: bool = False
    otherwise: str = ""
    part: tuple[int, int] | None = None
    call: Call | None = None
    leads_to: tuple[str, ...] = ()
    by_letter: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotUnderstood:
    """Nothing usable: `why` says what was understood of it and what would do (`%(given)s` is what was typed).

    `stated` where it is a value without doubt, only an impossible one, and so no question either: „32. aprīlis”.
    """

    why: str
    given: str = ""
    stated: bool = False


Reading = Understood[V] | Partly[V] | NotUnderstood


# --- what a flow is made of -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Check(Generic[V]):
    """A rule about a value. `refuse` sends it back with the reason; otherwise it is a soft warning for staff.

    `fails(value, answers, today)` is pure; `tell=False` keeps a warning from the person (only staff see it).
    """

    key: str  # names the warning for staff and in tests
    fails: Callable[[V, Answers, date], bool]
    say: str
    refuse: bool = False
    tell: bool = True


def always(_: Answers) -> bool:
    """Ask in every case: the default of `only_if`."""
    return True


@dataclass(frozen=True, kw_only=True)
class Question(ABC, Generic[V]):
    """One question of a flow. Keys never change their meaning, since stored answers outlive deploys."""

    key: str
    ask: str  # in full, with what may be answered
    again: str  # shortened, after a digression: „kur koki aug?”
    label: str  # its line in the review
    change: str  # the button that reopens it, at most 20 characters
    why: str  # the answer to „kāpēc jautājat?”
    example: str  # two or three possible answers, shown when one was not understood
    by_letter: str = ""  # how a letter asks it, where `ask` speaks of what only a phone can do
    things: tuple[str, ...] = ()  # folded words by which people name it: „mainīt skaitu”
    only_if: Callable[[Answers], bool] = always
    optional: bool = False  # may be skipped
    offered: bool = False  # never asked: offered in the review, and taken whenever it is said
    aside: bool = False  # a follow-up to what is offered: asked, but not counted in „3. no 8”
    takes: tuple[str, ...] = ()  # what else counts as its answer: "question", or an act such as "human"
    depends_on: tuple[str, ...] = ()  # when one of these changes, the answer is asked about again
    permits: Json = None  # asks for a permission, which this answer (encoded) gives; a plain „nē” refuses it
    checks: tuple[Check[V], ...] = ()

    free_text: ClassVar[bool] = False  # any text is an answer, so every other reading goes first
    any_words: ClassVar[bool] = False  # nearly any words may be an answer, so a bare „jā” or „paldies” is none
    adds: ClassVar[bool] = False  # what comes later is added to the answer, not put in its place
    part_changes: ClassVar[bool] = False  # a part of another answer is offered in its place: another parish, number
    numbers_itself: ClassVar[bool] = False  # a form shows its parts under numbers of their own, and it reads them

    @abstractmethod
    def read(self, said: Said, today: date) -> Reading[V] | None:
        """Read what was said as the answer to this question; None when it holds nothing of its kind."""

    def find(self, said: Said, today: date) -> Reading[V] | None:
        """Find its value in what was said about something else: only what is stated for sure.

        NotUnderstood is a value that is stated and can't be: a day that does not exist, a point abroad.
        """
        return None

    def left_out(self, said: Said, today: date) -> tuple[str, ...]:
        """Return parts of a text that belong to the answer and could not be read: they are told back."""
        return ()

    @abstractmethod
    def show(self, value: V, voice: Voice) -> str:
        """Say the value as the person would: for the echo and the review."""

    def position(self, value: V) -> Position | None:
        """Return the point that a value marks, to be echoed as a map."""
        return None

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """Buttons under the question."""
        return ()

    def encode(self, value: V) -> Json:
        """Turn a value into what JSON can hold."""
        return value

    def decode(self, stored: Json) -> V:
        """Turn what JSON held back into a value; raises ValueError, KeyError or TypeError when it can't be one."""
        value: V = stored
        return value

    def told(self, value: V) -> Mapping[str, Json]:
        """Return the value in plain terms, for programs: one entry, or one for each part of it."""
        return {self.key: self.encode(value)}

    def combine(self, old: V, new: V) -> V:
        """Join a part given before with one given now, or „un vēl 20 liepas” with what stood there."""
        return new

    def joined(self, old: V, new: V) -> V | None:
        """Return an answer with what `new` adds to it without changing any of it; None when it adds nothing."""
        return None

    def complete(self, value: V) -> Understood[V] | Partly[V]:
        """Say whether a joined value is whole, or what is still missing of it."""
        return Understood(value=value)

    def start(self) -> Partly[V] | None:
        """Return what a chat asks first of an answer that is given part by part; None when it asks for all of it."""
        return None

    def undo(self, value: V) -> V | None:
        """Return a part as it was before what was given last, for *back*; None when that is the question before."""
        return None

    def good_enough(self, value: V) -> bool:
        """Whether a part may stand for the whole when the person knows no more."""
        return False

    def correct(self, old: V, wrong: str, right: str, today: date) -> V | None:
        """Read „ne `wrong`, bet `right`” against the old value; None when `right` says nothing of its kind."""
        reading = self.read(Said(text=right), today)
        return reading.value if isinstance(reading, Understood) else None


def _no_facts(_: Answers, __: date) -> Mapping[str, Any]:
    return {}


def _nothing_more(_: Answers) -> str:
    return ""


def _no_flows(_: Answers) -> tuple[str, ...]:
    return ()


def _one_part(text: str, _: date) -> list[str]:
    return [text]


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A permission that is offered once the flow has ended: `ask` says what for, pressing `label` gives it.

    A letter says it as `by_letter`, where nothing can be pressed.
    """

    kind: str
    ask: str
    by_letter: str
    label: str  # at most 20 characters
    only_if: Callable[[Answers], bool] = always


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A conversation with an aim: its questions in the order of asking, and the event that it ends with."""

    name: str
    title: str  # „Koku reģistrēšana”
    opening: str  # said once at the start
    questions: tuple[Question[Any], ...]
    ends_with: str  # type of the event
    submit: str  # the button that ends it, at most 20 characters
    reviewed: bool = True  # all answers are shown and confirmed before it ends
    role: str = "anyone"
    subject: str = "self"  # whom the answers are about; staff may fill it for another
    carried: tuple[str, ...] = ()  # answers kept when the next one of the same kind follows at once
    begins: tuple[str, ...] = ()  # answers that are reason enough to begin it when nothing else is said
    permissions: tuple[Permission, ...] = ()  # offered at the end
    explains: Callable[[Answers], str] = _nothing_more  # id of the topic that says at the end what comes next
    brings: str = ""  # kind of the document that is sent when it begins: a template to fill in
    leads_to: Callable[[Answers], tuple[str, ...]] = _no_flows  # names of the flows that are offered at the end
    facts: Callable[[Answers, date], Mapping[str, Any]] = _no_facts  # derived from the answers, for the record
    preview: str = ""  # template that the review shows before the answers, as others will see it; it has the facts
    split: Callable[[str, date], list[str]] = _one_part  # a text that tells of several subjects

    def question(self, key: str) -> Question[Any] | None:
        """Return the question of that key, or None when a deploy has removed it."""
        return next((question for question in self.questions if question.key == key), None)
