"""Leaving: the page by which somebody takes no more news, with one click (RFC 8058); looking at it changes nothing."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.engine import Connection

from bot.channels.email.token import delivery_left, leaving_token
from bot.clock import Clock
from bot.conversation.response import Event, Say
from bot.database import Database, DatabaseDownError
from bot.delivery.outbox import deliveries
from bot.messages import Address
from bot.outreach.organisations import records as organisations
from bot.people import contacts, permissions
from bot.rooms import Scene
from bot.words import Words

PATH = "/atteikties/"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Serves the page. `secret` signs the links in our letters."""

    database: Database
    clock: Clock
    words: Words
    secret: str

    def mount(self, router: web.UrlDispatcher) -> None:
        """Offer it on a server."""
        router.add_get(PATH + "{token}", self._show)
        router.add_post(PATH + "{token}", self._leave)

    async def _show(self, request: web.Request) -> web.Response:
        """Ask; nothing is changed by looking, since mail programs and their filters look at every link."""
        return await self._answer(request, done=False)

    async def _leave(self, request: web.Request) -> web.Response:
        """Take somebody off the list. Once more is no different."""
        return await self._answer(request, done=True)

    async def _answer(self, request: web.Request, *, done: bool) -> web.Response:
        token = request.match_info["token"]
        try:
            if done:
                language = await self.database.write(lambda tx: self._withdraw(tx, token))
            else:
                language = await self.database.read(lambda tx: self._language(tx, token))
        except DatabaseDownError:
            return web.Response(status=503, headers={"Retry-After": "60"})
        if language is None:
            return web.Response(status=404)
        page = self.words.tongue(language).say(Say(template="leaving_page", values={"done": done}), {})
        headers = {**_HEADERS, "Content-Security-Policy": _POLICY}
        return web.Response(text=page, content_type="text/html", charset="utf-8", headers=headers)

    def _withdraw(self, tx: Connection, token: str) -> str | None:
        row = self._row(tx, token)
        if row is None:
            return None
        language = contacts.language(tx, row.contact_id)
        chat = Address.parse(row.chat)
        scene = Scene(
            contact_id=row.contact_id, chat=chat, now=self.clock.now(), language=language, inbound_id=0
        )  # nothing came in through the inbox: the link is the word
        organisations.stop(tx, row.contact_id, scene.now)
        permissions.withdraw(tx, Event(type="permissions.withdrawn", data={"kinds": [permissions.NEWS]}), scene)
        return language

    def _language(self, tx: Connection, token: str) -> str | None:
        row = self._row(tx, token)
        return contacts.language(tx, row.contact_id) if row is not None else None

    def _row(self, tx: Connection, token: str) -> Any:
        """Return whose letter holds this link; None for a link that is none of ours."""
        delivery = delivery_left(token)
        if not delivery:
            return None
        query = sa.select(deliveries.c.contact_id, deliveries.c.chat).where(deliveries.c.id == int(delivery))
        row = tx.execute(query.where(deliveries.c.contact_id.is_not(None))).first()
        if row is None or leaving_token(delivery, Address.parse(row.chat).ident, self.secret) != token.lower():
            return None
        return row
