"""The poster: a page with an event's QR code, which opens the assistant and tells it what the person came by."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import segno
from sqlalchemy.engine import Connection

from bot.conversation.response import Event, Say
from bot.desk import team
from bot.documents import orders
from bot.documents.orders import Order
from bot.documents.press import Made
from bot.outreach import events
from bot.rooms import Scene
from bot.words.dates import say_hours

KIND = "poster"

_HOME = Path(__file__).parents[2]
_TEMPLATE = _HOME / "templates" / "poster" / "poster.typ"
_SECONDS = 60


def ordered(tx: Connection, event: Event, scene: Scene) -> Mapping[str, object]:
    """Order an event's poster for a coordinator."""
    row = events.get(tx, event.data["event"])
    if row is None or not team.allowed(tx, scene, "coordinator"):
        return {"allowed": False}
    orders.place(tx, kind=KIND, payload={"event": row.key}, chat=scene.chat, contact_id=scene.contact_id, now=scene.now)
    return {"allowed": True}


def maker(bot_name: Callable[[], str]) -> Callable[[Connection, Order], Callable[[], Made]]:
    """Return what makes the poster of an order; `bot_name` is how Telegram knows us, known once it was asked."""

    def make(tx: Connection, order: Order) -> Callable[[], Made]:
        row = events.get(tx, order.payload["event"])
        if row is None:
            raise LookupError("no such event")
        said = events.told(row)
        link = f"https://t.me/{bot_name()}?start={row.key}"
        inputs = {
            "title": said["title"],
            "when": say_hours(said["day"], said["start"], said["end"], "lv"),
            "where": said["where"],
            "link": link.removeprefix("https://"),
            "code": _code(link),
        }
        return lambda: Made(
            content=_printed(inputs),
            name="plakāts.pdf",
            media_type="application/pdf",
            say=Say(template="poster", values={"event": said}),
        )

    return make


def _code(link: str) -> str:
    """Return a QR code as SVG; a quarter of it may be dirty or torn."""
    drawn = io.BytesIO()
    segno.make(link, error="q", micro=False).save(drawn, kind="svg", dark="#244a35", border=2)
    return drawn.getvalue().decode()


def _printed(inputs: Mapping[str, str]) -> bytes:
    """Set the page in a process of its own, which takes the memory along that it needs; raises RuntimeError."""
    environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(  # noqa: S603 - our own module, and nothing of a person's on its command line
        [sys.executable, "-m", __spec__.name],
        input=json.dumps(dict(inputs)).encode(),
        capture_output=True,
        cwd=_HOME,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the process that prints failed ({done.returncode})")
    return done.stdout


def _main() -> None:
    import typst  # noqa: PLC0415 - only this process needs it

    inputs = json.loads(sys.stdin.buffer.read())
    page = typst.compile(_TEMPLATE, root=_TEMPLATE.parent, sys_inputs=inputs, ignore_system_fonts=True)
    sys.stdout.buffer.write(page)


if __name__ == "__main__":
    _main()
