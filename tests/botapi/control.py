"""The control API under /sim, for a server in a process of its own: JSON in, JSON out.

POST /sim/person/7/sends {"text": "Labdien!"}        any action of Seat or Person, with its arguments
POST /sim/group/-100/member/7/sends {"text": "..."}  the same in a group
GET or POST /sim/person/7, /sim/group/-100 {"title": "..."}   makes them; inbox, keyboard, topics
GET  /sim/calls?since=N, /sim/violations, /sim/refusals, /sim/attempts, /sim/webhook
POST /sim/faults {"kind": "TooManyRequests", "args": [5], "method": "sendMessage", "after": 3}; DELETE /sim/faults
POST /sim/latency {"seconds": 0.05}, /sim/limits {"enabled": true}, /sim/advance {"seconds": 60}
POST /sim/lose_answers {"times": 1}, /sim/push {an update}
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import asdict, is_dataclass
from typing import Any

from aiohttp import web

from tests.botapi import faults
from tests.botapi.people import Group, Person, Seat
from tests.botapi.server import Server
from tests.botapi.views import View

Handler = Callable[[web.Request, Any], Any]

_ACTIONS = {name for name in {**vars(Seat), **vars(Person)} if not name.startswith("_")}
_KINDS = {kind.__name__: kind for kind in (*faults.Refusing.__args__, *faults.Breaking.__args__)}


def add_control(server: Server) -> None:
    """Add the routes under /sim to a server which has not been started yet."""
    router = server.app.router
    for method, path, handler in _routes(server):
        router.add_route(method, f"/sim/{path}", _answering(handler))


def _routes(server: Server) -> list[tuple[str, str, Handler]]:
    def person(request: web.Request, body: Any = None) -> Person:
        return server.person(int(request.match_info["person"]), **(body or {}))

    def group(request: web.Request, body: Any = None) -> Group:
        return server.group(int(request.match_info["group"]), **(body or {}))

    def set_latency(_request: web.Request, body: Any) -> None:
        server.latency = float(body["seconds"])

    def set_limits(_request: web.Request, body: Any) -> None:
        server.limits.enabled = bool(body["enabled"])

    return [
        ("*", "person/{person}", lambda request, body: _view(person(request, body))),
        ("POST", "person/{person}/{action}", lambda request, body: _act(person(request), request, body)),
        ("*", "group/{group}", lambda request, body: _view(group(request, body))),
        (
            "POST",
            "group/{group}/member/{person}/{action}",
            lambda request, body: _act(group(request).member(person(request)), request, body),
        ),
        ("GET", "calls", lambda request, _: server.calls[int(request.query.get("since", 0)) :]),
        ("GET", "violations", lambda _request, _: server.violations),
        ("GET", "refusals", lambda _request, _: server.refusals),
        ("GET", "attempts", lambda _request, _: server.delivery.attempts),
        ("GET", "webhook", lambda _request, _: server.world.updates.webhook_info()),
        ("POST", "faults", lambda _request, body: _add_fault(server, **body)),
        ("DELETE", "faults", lambda _request, _: server.faults.clear()),
        ("POST", "latency", set_latency),
        ("POST", "limits", set_limits),
        ("POST", "advance", lambda _request, body: server.advance(float(body["seconds"]))),
        ("POST", "lose_answers", lambda _request, body: server.delivery.lose_answers(**body)),
        ("POST", "push", lambda _request, body: server.push(body)),
    ]


def _answering(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else {}
        try:
            return web.json_response(_plain(handler(request, body)))
        except (LookupError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return answer


def _act(seat: Seat, request: web.Request, body: dict[str, Any]) -> Any:
    action = request.match_info["action"]
    if action not in _ACTIONS:
        raise LookupError(f"nobody can do {action}")
    return getattr(seat, action)(**{key: _bytes(key, value) for key, value in body.items()})


def _bytes(key: str, value: Any) -> Any:
    """Files come as base64 in `data` and `photos`."""
    if key == "photos":
        return [_bytes("data", photo) for photo in value]
    if key != "data":
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("data is base64") from None


def _add_fault(server: Server, kind: str, args: tuple[Any, ...] = (), **when: Any) -> None:
    server.faults.add(kind=_KINDS[kind](*args), **when)


def _view(view: View) -> Any:
    topics = getattr(view, "topics", {})
    return {"inbox": view.inbox, "keyboard": view.keyboard, "topics": {str(key): topics[key] for key in topics}}


def _plain(value: Any) -> Any:
    """Return value with its dataclasses turned into dictionaries."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
