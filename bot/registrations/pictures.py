"""Pictures: what came with a registration, copied for staff without what the camera has written into it."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.attachments.records import attachments
from bot.conversation.response import Say
from bot.documents.orders import Order
from bot.documents.press import Made, Maker


def maker(load: Callable[[str], bytes]) -> Maker:
    """Return what copies an attachment; `load` reads an object."""

    def make(tx: Connection, order: Order) -> Callable[[], Made]:
        stored = sa.select(attachments).where(attachments.c.id == order.payload["attachment"])
        row = tx.execute(stored.where(attachments.c.state == "stored")).one()
        reference = order.payload["reference"]

        def copy() -> Made:
            from bot.attachments.pictures import public_copy  # noqa: PLC0415 - brings Pillow, which few processes need

            content = public_copy(load(row.object_key))
            png = content.startswith(b"\x89PNG")
            return Made(
                content=content,
                name=f"{reference}-{row.id}.{'png' if png else 'jpg'}",
                media_type="image/png" if png else "image/jpeg",
                say=Say(template="review_picture", values={"reference": reference}),
                photo=True,
            )

        return copy

    return make
