"""Hiding: what must never be written down is masked before anything else happens."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.messages import Inbound
from knowledge.secrets import mask

if TYPE_CHECKING:
    pass


def hide(item: Inbound) -> Inbound:
    """Mask what must never be written down, in the text and in the raw update."""
    hidden = mask(item.said.text)
    if not hidden.kinds:
        return item
    marks = frozenset({*hidden.kinds, *({"doubtful"} if hidden.doubtful else ())})
    return replace(item, said=replace(item.said, text=hidden.text, masked=marks), raw=hide_raw(item.raw))


def hide_raw(raw: Any) -> Any:
    """Mask the same in JSON."""
    if isinstance(raw, str):
        return mask(raw).text
    if isinstance(raw, dict):
        return {key: hide_raw(value) for key, value in raw.items()}
    return [hide_raw(value) for value in raw] if isinstance(raw, list) else raw
