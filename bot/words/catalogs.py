"""Translations: the catalogs of templates/locale, compiled in memory at start.

The message id of a sentence is the Latvian sentence itself. Latvian still has a catalog, for its three plural forms.
"""

import gettext
import io
from collections.abc import Sequence
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from knowledge import step

LANGUAGES = ("lv", "en")
LOCALE = Path(__file__).parents[2] / "templates" / "locale"


def load_catalogs(steps: Sequence[step.Step] | None = None) -> dict[str, gettext.GNUTranslations]:
    """Read and compile the catalog of every language, with the steps that staff have written in both."""
    known = step.load() if steps is None else steps
    return {language: _compile(language, known) for language in LANGUAGES}


def catalog_path(language: str) -> Path:
    """Return where a language's catalog lies."""
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def _compile(language: str, steps: Sequence[step.Step]) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    with catalog_path(language).open("rb") as source:
        # Without the locale Babel forgets the plural forms that stand in the file.
        catalog = read_po(source, locale=language)
    for known in steps:
        for told in (known.do, known.repair):
            if told:
                catalog.add(told["lv"], told[language])
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
