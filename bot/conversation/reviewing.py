"""Reviewing: what a run holds is shown, in the middle of it or before it is sent, and each line can be changed."""

from typing import Any

from bot.conversation import forms, mended
from bot.conversation.state import Do
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import Flow, L, Question
from flows.run import Run


def review(talk: Talk) -> None:
    """Show every answer with a button to change it, and the button that sends them once all are there."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return
    if talk.by_letter:
        _by_letter(talk, flow, run)
        return
    if engine.current(flow, run):
        recap(talk)
        talk.say("what_to_change")
        for question in answered(flow, run):
            talk.offer(question.change, Do.REOPEN, key=question.key)
        talk.offer(L("Turpināt"), Do.RESUME, value=run.id)
        return
    _preview(talk, flow, run)
    if run.amends:
        mended.introduce(talk, run)
    talk.say("review", flow=flow, lines=lines(flow, run))
    talk.offer(flow.submit, Do.SUBMIT, wide=True)
    for question in engine.applicable(flow, run):
        talk.offer(question.change, Do.REOPEN, key=question.key)
    if run.amends:
        mended.offer(talk, run)
        talk.offers_for()
        return
    talk.offer(L("Turpināšu vēlāk"), Do.PAUSE)
    talk.offer(L("Dzēst iesākto"), Do.CANCEL)
    talk.offers_for()


def ask_whether_right(talk: Talk, flow: Flow) -> None:
    """Put the question under the review once more, without all the answers above it."""
    talk.say("review_again")
    talk.offer(flow.submit, Do.SUBMIT, wide=True)
    talk.offer(L("Skatīt un mainīt"), Do.REVIEW)
    talk.offer(L("Turpināšu vēlāk"), Do.PAUSE)
    talk.offers_for()


def recap(talk: Talk) -> None:
    """Say what the active run has so far."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None or not talk.shows:
        return
    if talk.by_letter and engine.current(flow, run) is None:
        return  # the review says the same
    begun = [
        Answer(question=question, value=run.begun[question.key])
        for question in engine.applicable(flow, run)
        if question.key in run.begun and question.key not in run.answers
    ]
    if told := [*lines(flow, run), *begun]:
        talk.say("recap", lines=told)


def answered(flow: Flow, run: Run) -> list[Question[Any]]:
    """Return the questions that apply and have an answer."""
    return [question for question in engine.applicable(flow, run) if question.key in run.answers]


def lines(flow: Flow, run: Run) -> list[Answer]:
    """Return the answers that count, as the review lists them."""
    return [Answer(question=question, value=run.answers[question.key]) for question in answered(flow, run)]


def confirm_sender(talk: Talk, run: Run) -> None:
    """Show nothing on the word of a From line: an answer to this letter proves who reads it."""
    talk.say("confirm_sender")
    talk.offer(L("Turpināt"), Do.RESUME, value=run.id)


def _preview(talk: Talk, flow: Flow, run: Run) -> None:
    """Show what others will see, exactly as they will, before it is confirmed."""
    if flow.preview:
        facts = flow.facts(engine.given(flow, run), talk.today)
        talk.say("preview", flow=flow)
        talk.next_message()
        talk.say(flow.preview, event=facts)
        picture = facts["picture"]
        shows = picture is not None and picture.kind == "photo" and not talk.by_letter
        talk.next_message(picture=picture.ref if shows else "")
        if picture and not shows:
            talk.say("preview_picture")
        if not talk.by_letter:
            talk.say("preview_by_letter", event=facts, shown=flow.preview)


def _by_letter(talk: Talk, flow: Flow, run: Run) -> None:
    """Show what there is under numbers; while something is open, ask for that."""
    if not talk.shows:
        confirm_sender(talk, run)
        return
    if engine.current(flow, run):
        recap(talk)
        forms.ask(talk, flow, run)
    else:
        _preview(talk, flow, run)
        if run.amends:
            mended.introduce(talk, run)
        forms.review(talk, flow, run)
        if run.amends:
            mended.offer(talk, run)
