"""Questioned: staff have asked about a registration; what the person says next is their answer, and goes to staff."""

from bot.conversation import drafts, running, surviving
from bot.conversation.state import Act, Asked, Tapped
from bot.conversation.talk import Talk
from flows.said import Said
from knowledge.acts import acts, is_question
from knowledge.latvian.text import clean, words

# What is said to the assistant, whoever waits for an answer.
_OURS = frozenset({"human", "forget_me", "unsubscribe", "language", "my_trees", "link", "unlink", "minor", "help"})
_SMALL = frozenset({"greeting", "thanks", "farewell", "who", "unclear"})
_REGISTER = ("registr", "register", "зарегистр")
_LONGEST = 3000  # characters that staff read of an answer


def in_chat(talk: Talk) -> Asked | None:
    """Return the question that a message in a chat answers: the newest, while no flow is open."""
    said = talk.item.said
    if talk.run or not talk.conversation.asked or said.other or said.card:
        return None
    return _newest(talk, clean(said.text).strip())


def by_letter(talk: Talk, text: str, answered: Tapped | None) -> Asked | None:
    """Return the question that a letter answers: the one that it replies to, or the newest while no flow is open."""
    if not talk.sure:
        return None  # anybody can write in somebody's name
    asked = next((one for one in talk.conversation.asked if answered and one.prompt == answered.id), None)
    if asked and asked.key == surviving.KEY and surviving.read(text) is None:
        return None
    if asked or talk.run or answered or not talk.conversation.asked:
        return asked
    return _newest(talk, text)


def on_answer(talk: Talk, asked: Asked, said: Said) -> str:
    """Pass an answer on; it is not asked again."""
    if asked.key == surviving.KEY:
        return _on_survival(talk, asked, said)
    at = said.position
    talk.emit(
        "registration.answered",
        registration=asked.registration,
        key=asked.key,
        text=said.text[:_LONGEST],
        position=[at.lat, at.lon] if at else None,
        files=said.files,
    )
    if said.files:
        talk.emit("attachments.received", files=said.files, run=asked.run)
    talk.change(asked=tuple(one for one in talk.conversation.asked if one != asked))
    talk.say("review_answered", reference=asked.reference)
    if talk.run:
        running.ask(talk, again=True)
    return "answered_staff"


def reply(talk: Talk, pressed: Act) -> str:
    """Take a button of the question for the answer, or let the person write one: what is open waits."""
    number, label = pressed.value
    asked = next((one for one in talk.conversation.asked if one.registration == number), None)
    if asked is None:
        talk.toast("toast_over")
        return "over"
    if label:
        return on_answer(talk, asked, Said(text=label))
    drafts.park(talk)
    rest = tuple(one for one in talk.conversation.asked if one != asked)
    talk.change(asked=(*rest, asked))
    talk.say("review_question_again", text=asked.text)
    return "asked_again"


def _on_survival(talk: Talk, asked: Asked, said: Said) -> str:
    """Take down how many trees still grow: that is no matter for staff."""
    growing = surviving.read(said.text)
    talk.emit("registration.survived", registration=asked.registration, growing=growing)
    talk.change(asked=tuple(one for one in talk.conversation.asked if one != asked))
    talk.say("survival_noted", growing=growing)
    if talk.run:
        running.ask(talk, again=True)
    return "survival_noted"


def _newest(talk: Talk, text: str) -> Asked | None:
    """Return the newest question, if a text may answer it."""
    asked = talk.conversation.asked[-1]
    if asked.key == surviving.KEY:
        return asked if surviving.read(text) is not None else None
    return None if _is_for_us(talk, text) else asked


def _is_for_us(talk: Talk, text: str) -> bool:
    """Whether a text is no answer: a command, a wish, small talk alone, or a question that we can answer ourselves."""
    if text.startswith("/"):
        return True
    done = acts(text)
    if any(act.kind in _OURS for act in done):
        return True
    if done and all(act.kind in _SMALL and act.rest is None for act in done):
        return True
    if not text:
        return False
    understood = talk.world.understand(text)
    if understood.outcome == "flow" and any(word.folded.startswith(_REGISTER) for word in words(text)):
        return True  # not „iestādījām 55 ozolus”, which answers
    return is_question(text) and understood.outcome == "answer" and understood.is_certain
