"""Rights: a person sees everything that we hold of theirs, or has it erased, each only when it is surely them.

What is erased can't be brought back, so it is first said what goes and what stays, and then certain words have to be
typed. By letter they count in an answer to our letter, which only that address was sent, or where the sender's mail
server vouches for them.
"""

from datetime import timedelta

from bot.conversation import drafts, running
from bot.conversation.state import Conversation, Do
from bot.conversation.talk import Talk
from flows.grammar import L
from knowledge.latvian.text import clean, fold
from knowledge.letter_parts import take_apart

_LIVES = timedelta(days=7)  # how long the words count after they were asked for
_LONGEST = 60  # characters; who types more says something else
_WORDS = frozenset(
    map(
        fold,
        ("dzēst visu", "dzēsiet visu", "izdzēst visu", "izdzēsiet visu", "erase all", "erase everything", "delete all"),
    )
)


def show_all(talk: Talk) -> str:
    """Have everything that we hold of the person written into a file for them, where it is surely them who asks."""
    if _is_guest(talk):
        return "rights_guest"
    if not talk.sure:
        talk.say("confirm_sender")
        talk.offer(L("Mani dati"), Do.MINE)
        return "confirm_sender"
    talk.emit("own_data.asked")
    talk.say("own_ordered")
    if talk.run:
        running.ask(talk, again=True)
    return "my_data"


def ask_to_erase(talk: Talk) -> str:
    """Say what would be erased and what stays, and ask for the words; who may be anybody is told no more than that."""
    if _is_guest(talk):
        return "rights_guest"
    if talk.conversation.role and talk.sure:
        talk.say("erase_team")
        return "erase_team"
    if talk.sure:
        talk.emit("erasure.asked")
    talk.say("erase_asked", sure=talk.sure)
    talk.offer(L("Nē, paturēt"), Do.SPARE)
    talk.change(erasing=talk.now)
    return "forget_me"


def erases(talk: Talk) -> bool:
    """Whether these are the words that were asked for; nothing else may stand beside them."""
    asked_at = talk.conversation.erasing
    if asked_at is None or talk.now - asked_at > _LIVES:
        return False
    text = clean(talk.item.said.text)[: 20 * _LONGEST].strip()
    text = take_apart(text).matter if talk.by_letter else text
    return len(text) <= _LONGEST and fold(text).strip(" .!„”\"'") in _WORDS


def erase(talk: Talk) -> str:
    """Have everything erased, the conversation too; where it may be anybody who writes, ask for proof."""
    if _is_guest(talk):
        return "rights_guest"
    if not talk.sure:
        talk.say("confirm_sender")
        talk.say("erase_again")
        talk.offer(L("Nē, paturēt"), Do.SPARE)
        return "confirm_sender"
    # First of all: what a discarded draft lets go of would only be swept later.
    talk.emit("erasure.confirmed", said_at=talk.item.said_at)
    for run in (talk.run, *talk.conversation.parked):
        if run:
            drafts.forget_reminders(talk, run)
            drafts.erase(talk, run)
    spoken = talk.conversation.spoken
    talk.conversation = Conversation(spoken=spoken, greeted=True, notice=talk.world.notice_version)
    talk.say("erased")
    return "erased"


def spare(talk: Talk) -> str:
    """Leave everything as it is."""
    talk.change(erasing=None)
    talk.say("erase_spared")
    if talk.run:
        running.ask(talk, again=True)
    return "spared"


def _is_guest(talk: Talk) -> bool:
    """Refuse whoever answers in another person's name."""
    if talk.item.sender == talk.item.chat:
        return False
    talk.say("rights_guest")
    return True
