"""The voice: what is to be said becomes text and buttons, in the contact's language."""

from bot.words.rendering import Words

__all__ = ["Words"]
