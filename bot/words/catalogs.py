"""Translations: the catalogs of templates/locale, compiled in memory at start.

The message id of a sentence is the Latvian sentence itself. Latvian still has a catalog, for its three plural forms.
"""

import gettext
import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("lv", "en")
LOCALE = Path(__file__).parents[2] / "templates" / "locale"


def load_catalogs() -> dict[str, gettext.GNUTranslations]:
    """Read and compile the catalog of every language."""
    return {language: _compile(language) for language in LANGUAGES}


def catalog_path(language: str) -> Path:
    """Return where a language's catalog lies."""
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def _compile(language: str) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    with catalog_path(language).open("rb") as source:
        # Without the locale Babel forgets the plural forms that stand in the file.
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
