"""Ending: the answers of a run leave it as its event, and what may come next is offered."""

from bot.conversation import behalf, drafts, mended, organising, reviewing
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows import engine
from flows.grammar import L


def finish(talk: Talk) -> None:
    """End the run: its event carries the answers; what comes next is offered. Raises LookupError without a run."""
    flow, run = talk.open
    if flow.reviewed and not talk.sure:
        reviewing.confirm_sender(talk, run)
        return
    if run.amends:
        mended.finish(talk, flow, run)
        return
    answers = engine.given(flow, run)
    facts = flow.facts(answers, talk.today)
    talk.emit(
        flow.ends_with,
        flow=flow.name,
        run=run.id,
        answers=reviewing.lines(flow, run),
        stored={question.key: question.encode(answers[question.key]) for question in reviewing.answered(flow, run)},
        facts=facts,
        warnings=[check.key for _, check in engine.warnings(flow, run, talk.today)],
        campaign=run.campaign,
        follows=run.follows,
        subject=run.subject,
        started_at=run.started_at,
    )
    talk.emit("draft.sent", flow=flow.name)
    drafts.forget_reminders(talk, run)
    talk.change(run=None, campaign="")
    if behalf.is_for_another(run):
        behalf.finish(talk, flow, run)
        return
    talk.say(f"ended_{flow.name}", answers=answers, facts=facts)
    if topic := talk.world.topics.get(flow.explains(answers)):
        spoken = talk.conversation.spoken
        talk.say("topic", texts=[text for text in (topic.answer[spoken], topic.uncertain.get(spoken, "")) if text])
    offered = [p for p in flow.permissions if p.only_if(answers) and not run.follows]
    if offered:
        talk.say("permissions_offered", permissions=offered)
    if flow.carried:
        # The ended run is kept without its answers' weight, for „vēl viena vieta” right afterwards.
        carried = {key: value for key, value in run.answers.items() if key in flow.carried}
        talk.change(ended=run.with_(answers=carried, begun={}, path=(), skipped=()))
        if run.later:
            talk.say("later_waits", text=run.later[0].text)
        talk.offer(L("Jā, turpināt") if run.later else L("Vēl viena vieta"), Do.NEXT, value=run.id)
        talk.offer(L("Mani koki"), Do.OWN)
    for permission in offered:
        talk.offer(permission.label, Do.PERMIT, key=permission.kind, value=True)
    for name in flow.leads_to(answers):
        talk.offer(talk.world.flows[name].title, Do.START, value=name)
    organising.offer_after(talk, flow, run)
    _offer_the_parked(talk)


def _offer_the_parked(talk: Talk) -> None:
    if talk.conversation.parked:
        talk.offer(L("Turpināt iesākto"), Do.RESUME, value=talk.conversation.parked[0].id)
