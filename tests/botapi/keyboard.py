"""Keyboards: what the table of facts can't tell about their buttons, and what the person then sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.botapi.errors import ignored, violation
from tests.botapi.spec import Json
from tests.botapi.world import Chat

_LOOKS = {"text", "icon_custom_emoji_id", "style"}
_UNUSABLE = {"callback_game", "pay", "login_url", "disabled"}  # need an invoice, a game or a domain of the bot
_IN_PRIVATE = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
    "request_poll": "poll can be requested in private chats only",
    "request_users": "users can be requested in private chats only",
    "request_chat": "chats can be requested in private chats only",
    "request_managed_bot": "bots can be requested in private chats only",
    "web_app": "BUTTON_TYPE_INVALID",
}
_MOST_IN_ROW, _MOST = 8, 100  # Telegram drops the rest of a row, and refuses more buttons


@dataclass(frozen=True, kw_only=True)
class Button:
    """A button as a person sees it: `data` of a callback button, `url` of a link, `wants` of a request."""

    text: str
    data: str | None = None
    url: str | None = None
    wants: str | None = None


def buttons(markup: Json | None) -> tuple[tuple[Button, ...], ...]:
    """Return the rows of buttons of either kind of keyboard."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    return tuple(tuple(_button(button) for button in row) for row in rows)


def check_markup(chat: Chat, markup: Json | None) -> None:
    """Refuse a reply_markup that Telegram refuses, shows only in part, or drops."""
    if markup is None:
        return
    if "inline_keyboard" in markup:
        _check_inline(chat, markup["inline_keyboard"])
    elif "keyboard" in markup:
        _check_reply(chat, markup["keyboard"])
    elif not (markup.get("remove_keyboard") or markup.get("force_reply")):
        raise ignored("reply_markup which neither shows nor removes anything is dropped")


def show_markup(chat: Chat, markup: Json | None) -> Json:
    """Change the chat's reply keyboard, or return what an inline keyboard adds to the message."""
    if markup is None:
        return {}
    if "inline_keyboard" in markup:
        return {"reply_markup": markup} if markup["inline_keyboard"] else {}
    if "keyboard" in markup:
        chat.keyboard = markup
    elif markup.get("remove_keyboard"):
        chat.keyboard = None
    return {}


def _button(button: Json | str) -> Button:
    if isinstance(button, str):
        return Button(text=button)
    wants = next((key for key in button if key.startswith("request_")), None)
    return Button(text=button["text"], data=button.get("callback_data"), url=button.get("url"), wants=wants)


def _checked_rows(rows: list[list[Json | str]]) -> Iterator[Json]:
    if sum(map(len, rows)) > _MOST:
        raise violation("reply markup is too long")
    for row in rows:
        if not row:
            raise ignored("an empty row of buttons is dropped")
        if len(row) > _MOST_IN_ROW:
            raise ignored(f"buttons beyond {_MOST_IN_ROW} in a row are dropped")
        for button in row:
            shown = {"text": button} if isinstance(button, str) else button
            if not shown["text"].strip():
                raise ignored("a button without text is dropped")
            yield shown


def _check_inline(chat: Chat, rows: list[list[Json | str]]) -> None:
    for button in _checked_rows(rows):
        actions = button.keys() - _LOOKS
        if not actions:
            raise violation("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if len(actions) > 1:
            raise ignored(f"button {button['text']!r} has {len(actions)} actions: {', '.join(sorted(actions))}")
        if actions & _UNUSABLE or ("web_app" in actions and not chat.is_private):
            raise violation("BUTTON_TYPE_INVALID")
        if "url" in button:
            _check_url(button["url"])


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "tg", "ton", "tonsite"):
        raise violation(f"inline keyboard button URL '{url}' is invalid: unsupported URL protocol")
    if parts.scheme in ("http", "https") and "." not in (parts.hostname or ""):
        raise violation(f"inline keyboard button URL '{url}' is invalid: wrong HTTP URL")


def _check_reply(chat: Chat, rows: list[list[Json | str]]) -> None:
    if not rows:
        raise ignored("a reply keyboard without rows is dropped")
    for button in _checked_rows(rows):
        actions = [key for key in button if key not in _LOOKS and button[key] is not False]
        if len(actions) > 1:
            raise ignored(f"button {button['text']!r} asks for {len(actions)} things: {', '.join(sorted(actions))}")
        if actions and not chat.is_private:
            raise violation(_IN_PRIVATE[actions[0]])
