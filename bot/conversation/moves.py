"""Moves: what a person does with the flow itself, by word or by button: back, why, later, stop, another language."""

from bot.conversation import running
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows import engine
from flows.grammar import L


def go_back(talk: Talk) -> None:
    """Return to the question before, with its old answer as the default."""
    run, flow = talk.run, talk.flow
    if run and flow:
        turn = engine.back(flow, run)
        talk.change(run=turn.run)
        if not turn.notes:
            talk.say("first_question")
        running.ask(talk)


def explain(talk: Talk) -> None:
    """Say why the current question is asked."""
    run, flow = talk.run, talk.flow
    current = engine.current(flow, run) if run and flow else None
    if current:
        talk.say("why", question=current)
    running.ask(talk, again=True)


def pause(talk: Talk) -> None:
    """Leave the flow as it is, until the person comes back."""
    talk.say("paused", days=talk.world.draft_lives.days)
    if talk.run:
        talk.offer(L("Turpināt"), Do.RESUME, value=talk.run.id)


def cancel(talk: Talk) -> None:
    """Ask before anything is erased."""
    talk.say("cancel_asked")
    if talk.run:
        talk.offer(L("Jā, dzēst"), Do.DISCARD, value=talk.run.id)
        talk.offer(L("Nē, turpināt"), Do.RESUME, value=talk.run.id)


def refuse(talk: Talk) -> None:
    """Do without a permission: the person goes on without it, or everything begun is erased at once."""
    flow, run = talk.open
    current = engine.current(flow, run)
    if current:
        talk.say("not_permitted")
        for option in current.options(run.answers):
            if option.value != current.permits:
                talk.offer(option.label, Do.ANSWER, key=current.key, value=option.value)
        talk.offer(L("Dzēst iesākto"), Do.DISCARD, value=run.id)
        talk.offers_for(current.key)


def choose_language(talk: Talk) -> None:
    """Ask which language to speak."""
    talk.say("choose_language")
    talk.offer("Latviešu", Do.LANGUAGE, value="lv")
    talk.offer("English", Do.LANGUAGE, value="en")


def set_language(talk: Talk, code: str) -> None:
    """Speak the language that was asked for; Russian is answered in Latvian, with English as an offer."""
    spoken = code if code in {"lv", "en"} else "lv"
    talk.change(language=spoken, spoken=spoken)
    talk.emit("contact.language", language=spoken)
    talk.say("language_set", asked=code)
