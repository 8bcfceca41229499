"""Meeting: the language to speak, and the first words to somebody we have not met."""

from bot.conversation.linking import without_code
from bot.conversation.talk import Talk
from knowledge.latvian.language import clearly_latvian, detect


def choose_language(talk: Talk) -> None:
    """Answer in the chosen language, or in the one the person writes; Latvian when in doubt."""
    chosen = talk.conversation.language
    if chosen:
        talk.change(spoken=chosen)
        return
    text = without_code(talk.item.said.text)
    written = detect(text) if text and not text.startswith("/") else ""
    if written == "en":
        talk.change(spoken="en")
    elif clearly_latvian(text):
        talk.change(spoken="lv")
    elif not talk.before.greeted and not text and talk.item.language.startswith("en"):
        talk.change(spoken="en")


def greet_first(talk: Talk) -> None:
    """Begin the first message to a person with who we are and what becomes of what they say."""
    if talk.conversation.notice == talk.world.notice_version or talk.silent:
        return
    talk.say_first("notice", first=not talk.conversation.greeted)
    talk.change(greeted=True, notice=talk.world.notice_version)
