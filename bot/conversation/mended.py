"""Mended: how a sent registration that is being changed is reviewed, in the flow it was told in, and how that ends."""

from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows import engine
from flows.grammar import Flow, L
from flows.run import Run


def introduce(talk: Talk, run: Run) -> None:
    """Say which registration it is, above its answers."""
    talk.say("mending", reference=reference_of(run))


def offer(talk: Talk, run: Run) -> None:
    """Offer the ways out of a change, in place of those of a draft."""
    talk.offer(L("Atsaukt reģistrāciju"), Do.MEND, key="withdraw", value=id_of(run))
    talk.offer(L("Atstāt, kā bija"), Do.DISCARD, value=run.id)


def finish(talk: Talk, flow: Flow, run: Run) -> None:
    """Send the answers as they are now: the room knows whether they still can be changed, or staff have to be asked."""
    answers = engine.given(flow, run)
    stored = {q.key: q.encode(answers[q.key]) for q in flow.questions if q.key in answers}
    talk.emit("registration.amended", registration=id_of(run), run=run.id, stored=stored)
    talk.remind(f"draft:{run.id}", None)
    talk.change(run=None)
    talk.say("mended")
    talk.offer(L("Mani koki"), Do.OWN)
    if talk.conversation.parked:
        talk.offer(L("Turpināt iesākto"), Do.RESUME, value=talk.conversation.parked[0].id)


def id_of(run: Run) -> int:
    """Return the id of the registration that a run changes."""
    return int(run.amends.partition(":")[0])


def reference_of(run: Run) -> str:
    """Return its number as people know it."""
    return run.amends.partition(":")[2]
