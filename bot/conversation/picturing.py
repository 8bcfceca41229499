"""Picturing: where a picture was taken is offered as the place of the trees, while nobody has told that."""

from bot.conversation.state import Do
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import L, Understood
from flows.said import Position, Said
from knowledge.places import Point, distance_km

_ONE_PLACE_KM = 0.5  # pictures of one planting are taken within it


def on_pictures(talk: Talk) -> None:
    """Offer the place that the pictures of this message tell of, if they agree on one."""
    places = [file.taken_at for file in talk.item.said.files if file.taken_at]
    if not places:
        return
    first = Point(places[0].lat, places[0].lon)
    if all(distance_km(first, Point(at.lat, at.lon)) <= _ONE_PLACE_KM for at in places):
        _offer(talk, places[0])


def on_timer(talk: Talk) -> str:
    """Offer the place of a picture that came a moment ago, and that only now could be looked into."""
    payload = talk.item.payload
    if talk.run is None or talk.run.id != payload["run"] or talk.conversation.held:
        return "picture_over"
    return "picture_place" if _offer(talk, Position(lat=payload["lat"], lon=payload["lon"])) else "picture_known"


def _offer(talk: Talk, at: Position) -> bool:
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return False
    prompt = talk.conversation.prompt
    offered = {act.key for _, act in prompt.offers if act.do is Do.ACCEPT} if prompt else set()
    for question in engine.applicable(flow, run):
        if question.key in run.answers or question.key in offered:
            continue
        reading = question.find(Said(position=at), talk.today)
        if isinstance(reading, Understood):
            talk.say("pictured", answer=Answer(question=question, value=reading.value))
            if position := question.position(reading.value):
                talk.pin(position)
            talk.offer(L("Jā, koki aug tur"), Do.ACCEPT, key=question.key, value=question.encode(reading.value))
            talk.offer(L("Nē, koki ir citur"), Do.NOTHING)
            return True
    return False
