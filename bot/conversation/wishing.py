"""Wishing: what makes a flow begin, said as a wish or by telling what it wants to know."""

from bot.conversation import acting, beginning, drafts
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows.grammar import L, Partly, Understood
from flows.said import Said
from knowledge.acts import acts, is_question
from knowledge.understanding import Understanding

ENOUGH = 2  # answers of the main flow that tell of a planting


def wish(talk: Talk, understood: Understanding, said: Said) -> str:
    """Begin the flow that is wished for; the one that is open already is offered first."""
    wanted = understood.flow or talk.world.main_flow
    if talk.run and talk.run.flow == wanted:
        return acting.start(talk, wanted)
    outcome = start(talk, wanted, said)
    return "another_flow" if outcome == "flow" else outcome


def start(talk: Talk, flow_name: str, said: Said) -> str:
    """Begin a flow with what was said; a mere wish for one that waits half done offers that."""
    flow = talk.world.flows[flow_name]
    if not any(question.find(said, talk.today) for question in flow.questions):
        return acting.start(talk, flow_name)
    beginning.begin(talk, flow, said)
    return "flow"


def set_aside(talk: Talk, said: Said) -> None:
    """Keep what was told beside a question as a draft, and offer to go on with it; one that waits already is enough."""
    flow = talk.world.flows[talk.world.main_flow]
    if any(run.flow == flow.name for run in talk.conversation.parked):
        return
    beginning.open_run(talk, flow)
    draft, lines = beginning.take_in(talk, flow, said)
    drafts.park(talk)
    talk.next_message()
    talk.say("set_aside", lines=lines)
    talk.offer(L("Reģistrēt šos kokus"), Do.RESUME, value=draft.id)


def tells_of_planting(talk: Talk, said: Said) -> bool:
    """Whether a text that asks nothing states what the main flow wants to know: two answers, or one that is enough."""
    if is_question(said.text):
        return False
    flow = talk.world.flows[talk.world.main_flow]
    begins = [question.find(said, talk.today) for question in flow.questions if question.key in flow.begins]
    enough = said.position or said.files or any(isinstance(reading, Understood) for reading in begins)
    return stated(talk, said) >= (1 if enough else ENOUGH)


def stated(talk: Talk, said: Said) -> int:
    """Count the answers of the main flow that a text states."""
    flow = talk.world.flows[talk.world.main_flow]
    return sum(isinstance(q.find(said, talk.today), Understood | Partly) for q in flow.questions)


def says_something(talk: Talk, text: str) -> bool:
    """Whether a text that secrets were taken out of still asks, does or tells anything: not „mana parole ir”."""
    flow = talk.flow or talk.world.flows[talk.world.main_flow]
    told = [question for question in flow.questions if question.find(Said(text=text), talk.today)]
    return bool(told or acts(text) or is_question(text) or talk.world.understand(text).outcome == "flow")
