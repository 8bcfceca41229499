"""Privacy: what a person is shown of theirs, what is erased and when, and that it really is."""

from bot.people.privacy.drafts import discard_draft
from bot.people.privacy.retention import forget_old_texts

__all__ = ["discard_draft", "forget_old_texts"]
