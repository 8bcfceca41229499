"""On behalf: a member of staff tells of somebody else's trees, on the telephone with them."""

from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows.grammar import Flow, L, Option
from flows.run import Run

OTHER = "other"  # subject of such a run


def is_for_another(run: Run | None) -> bool:
    """Whether the answers are about somebody else than who speaks."""
    return run is not None and run.subject == OTHER


def options(run: Run, offered: tuple[Option, ...]) -> tuple[Option, ...]:
    """Return the buttons of a question: the place and the contact of the speaker's own phone are not what is asked."""
    return tuple(option for option in offered if not (option.request and is_for_another(run)))


def finish(talk: Talk, flow: Flow, run: Run) -> None:
    """Say what to tell the person; the next place of theirs may follow, with who and contact kept."""
    talk.say("registered_for_another")
    carried = {key: value for key, value in run.answers.items() if key in flow.carried}
    talk.change(ended=run.with_(answers=carried, begun={}, path=(), skipped=()))
    talk.offer(L("Vēl viena vieta"), Do.NEXT, value=run.id)
