"""Drafts: runs that are not sent yet, set aside for another one, reminded of, and erased."""

from bot.conversation.talk import Talk
from flows import engine
from flows.run import Run

MOST_PARKED = 5


def park(talk: Talk) -> None:
    """Set the active run aside, if it holds anything worth coming back to; of too many the oldest is erased."""
    run = talk.run
    if run:
        held = (run, *talk.conversation.parked)
        kept = [other for other in held if other.answers or other.begun][:MOST_PARKED]
        for other in held:
            if other not in kept:
                forget_reminders(talk, other)
                erase(talk, other)
        talk.change(run=None, parked=tuple(kept))


def discard(talk: Talk) -> None:
    """Erase the active run and everything that was said in it."""
    run = talk.run
    if run is None:
        talk.say("nothing_begun")
        return
    forget_reminders(talk, run)
    erase(talk, run)
    talk.change(run=None, nudges=0)
    talk.say("mend_left" if run.amends else "discarded")


def erase(talk: Talk, run: Run, *, restarts: bool = False) -> None:
    """Report that a draft ends unsent, with the question where it stood; what was said in it is erased.

    Who starts over has not stopped anywhere.
    """
    flow = talk.world.flows[run.flow]
    current = engine.current(flow, run)
    at = "" if restarts else f"{flow.name}.{current.key if current else 'review'}"
    talk.emit("draft.discarded", run=run.id, since=run.started_at, at=at)


def remind(talk: Talk, run: Run) -> None:
    """Plan the first nudge about a draft that has yet to be sent, and the day on which an abandoned one is erased."""
    if talk.world.flows[run.flow].reviewed:
        talk.remind(f"nudge:{run.id}", talk.now + talk.world.nudge_after[0], "nudge", run=run.id)
    talk.remind(f"draft:{run.id}", talk.now + talk.world.draft_lives, "draft", run=run.id)


def forget_reminders(talk: Talk, run: Run) -> None:
    """Take both reminders away."""
    talk.remind(f"nudge:{run.id}", None)
    talk.remind(f"draft:{run.id}", None)
