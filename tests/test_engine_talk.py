"""What holds in every conversation whatever is said and pressed in it, in any order, over restarts and weeks.

No draft and no answer goes without a word, what is said can be rendered in both languages, a stored conversation is
read back as it was (tests/talking.py sees to both), and while a flow is open its question is.
"""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.conversation.state import Conversation
from flows import engine
from flows.catalogue import FLOWS
from flows.run import Run
from tests import small_flows
from tests.talking import Person

_ANSWERS = [line for flow in FLOWS.values() for question in flow.questions for line in small_flows.answers(question)]
_BEGINNINGS = (
    "Labdien! Gribu reģistrēt 50 ozolus un 20 liepas, stādīju pērn aprīlī",
    "Iestādījām 50 ozolus Ogrē un 20 liepas Cēsīs 2023. gada pavasarī, gribam reģistrēt",
    "Reģistrēt kokus",
    "10 ozoli",
    "cilvēks",
    "/start registret-MADONA26",
)
_REPAIRS = (
    *("atpakaļ", "izlaist", "nezinu", "kāpēc jautājat?", "palīdzība", "ko pierakstījāt?", "vēlreiz, lūdzu", "kļūdījos"),
    *(
        "sākt no jauna",
        "dzēst iesākto",
        "turpināšu vēlāk",
        "turpināt",
        "jā",
        "nē",
        "nepiekrītu",
        "angliski",
        "latviski",
    ),
    *("mainīt laiku", "mainīt skaitu uz 330", "nē, Cēsīs", "ne 50, bet 60", "ne ozoli, bet liepas", "un vēl 5 kļavas"),
    *("kas ir MapMyTree?", "15 liepas. Vai man vajag EU Login?", "vai tas ir obligāti?", "cik ilgi jāgaida?"),
    *(
        "gribu runāt ar cilvēku",
        "mani koki",
        "pievienot vēl vienu vietu",
        "paldies",
        "Labdien!",
        "muļķis",
        "dzēsiet datus",
    ),
    *(
        "mana parole ir Zaļš-Ozols9",
        "01058012345",
        "man ir 11 gadi",
        "qwrtz",
        "?",
        "🌳🌳",
        "2019. gada rudenī",
        "2031. gadā",
    ),
    *("/start", "/koki", "/jautat", "/cilveks", "/valoda", "/palidziba", "/privatums", "/stop", "/nezinama"),
    *(
        "🎤",
        "📹",
        "🙂",
        "📊",
        "📷",
        "📎 saraksts.pdf",
        "📍 57.3125, 25.2746",
        "📍~ 57.152, 24.865",
        "📍 59.437, 24.7536",
    ),
)
# How a change of an answer is told.
_TELLING = {"recorded", "changed", "added", "kept", "list_read", "list_another", "list_replaced"}


class Talking(RuleBasedStateMachine):
    """One person's conversation."""

    def __init__(self) -> None:
        super().__init__()
        self.person = Person()

    @rule(line=st.sampled_from(_BEGINNINGS))
    def begins_something(self, line: str) -> None:
        """Say what begins a flow."""
        self._does(lambda: self.person.says(line))

    @rule(line=st.one_of(st.sampled_from(_ANSWERS), st.lists(st.sampled_from(_ANSWERS), min_size=2).map(", ".join)))
    def answers_something(self, line: str) -> None:
        """Say what answers one question or several, whether it is asked or not."""
        self._does(lambda: self.person.says(line))

    @precondition(lambda self: self.person.conversation.run)
    @rule(data=st.data())
    def answers_the_question(self, data: st.DataObject) -> None:
        """Answer what is asked."""
        if asked := self._asked:
            line = data.draw(st.sampled_from(small_flows.answers(asked)))
            self._does(lambda: self.person.says(line))

    @rule(line=st.sampled_from(_REPAIRS))
    def says_anything(self, line: str) -> None:
        """Say anything else that people say."""
        self._does(lambda: self.person.says(line))

    @precondition(lambda self: self.person.prompts)
    @rule(data=st.data())
    def presses_a_button_of_any_age(self, data: st.DataObject) -> None:
        """Press a button, mostly one of the last message."""
        ages = st.one_of(st.just(-1), st.integers(0, len(self.person.prompts) - 1))
        tapped, labels = self.person.prompts[data.draw(ages)]
        number = data.draw(st.integers(0, len(labels)))
        self._does(lambda: self.person.presses(tapped, number))

    @precondition(lambda self: self.person.said)
    @rule(data=st.data())
    def edits_a_message(self, data: st.DataObject) -> None:
        """Change a message, mostly the last one."""
        number = data.draw(st.one_of(st.just(1), st.integers(1, len(self.person.said))))
        text = data.draw(st.sampled_from([*_ANSWERS, *_REPAIRS]))
        self._does(lambda: self.person.edits(number, text))

    @rule(days=st.sampled_from((0, 1, 3, 14, 31)))
    def stays_away(self, days: int) -> None:
        """Let minutes or weeks pass, with what becomes due in them."""
        self._does(lambda: self.person.waits(timedelta(days=days, minutes=2)), quiet=True)

    @invariant()
    def an_open_question_can_be_answered(self) -> None:
        """While a flow is open, there is a question of it, or its review."""
        run = self.person.conversation.run
        assert run is None or self._asked or FLOWS[run.flow].reviewed

    @property
    def _asked(self) -> Any:
        run = self.person.conversation.run
        return engine.current(FLOWS[run.flow], run) if run else None

    def _does(self, action: Any, *, quiet: bool = False) -> None:
        """Do something, and see that nothing was lost by it without a word."""
        before, events = self.person.conversation, len(self.person.events)
        action()
        after, told = self.person.conversation, self.person.events[events:]
        ended = {event.data["run"] for event in told if "run" in event.data and event.type != "attachments.received"}
        assert _runs(before).keys() <= _runs(after).keys() | ended
        for ident, run in _runs(after).items():
            old = _runs(before).get(ident)
            if old and dict(old.answers) != dict(run.answers):
                assert set(old.answers) <= set(run.answers)
                assert quiet or _TELLING.intersection(self.person.templates), self.person.templates


def _runs(conversation: Conversation) -> dict[str, Run]:
    return {run.id: run for run in (conversation.run, *conversation.parked) if run}


TestTalking = Talking.TestCase
TestTalking.settings = settings(max_examples=60, stateful_step_count=25)
TestTalking.__doc__ = "In any conversation, whatever is said in any order, nothing is lost without a word."
