"""Publishing: an event or an announcement as a municipality's page can take it over: plain text, and the picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from bot.conversation.response import Event, Say
from bot.delivery import outbox
from bot.desk import team
from bot.messages import LETTERS, Envelope, Outbound
from bot.outreach import accompanying, matters
from bot.outreach.announcing import NOT_OURS
from bot.rooms import Scene
from bot.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Publishing:
    """Tells what to copy. People sign up on Telegram with the bot of that name, and by letter to the address."""

    words: Words
    bot_name: Callable[[], str]  # '' where there is no Telegram
    address: str = ""

    def published(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send the text, and the picture as a file, to whoever asks for them."""
        matter = matters.find(tx, event.data["about"])
        if matter is None or not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        values = {"event": matter.told, "kind": matter.kind, "bot": self.bot_name(), "address": self.address}
        text = self.words.tongue("lv").say(Say(template="for_page", values=values), {})
        picture = accompanying.shown(tx, matter)
        if scene.chat.channel == LETTERS:
            subject = Envelope(subject=str(matter.told["title"]))
            sent = [Outbound(text=text, envelope=subject, enclosures=picture or ())]
        else:
            # As a file, since Telegram makes what it shows smaller.
            sent = [Outbound(text=text), *(Outbound(kind="document", enclosures=(file,)) for file in picture or ())]
        outbox.enqueue(tx, sent, chat=scene.chat, now=scene.now, contact_id=scene.contact_id)
        return {"allowed": True, "picture": "awaited" if picture is None else "there" if picture else ""}
