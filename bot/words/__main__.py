"""`make words`: take the sentences out of code and templates, and bring the catalogs up to date."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.words.catalogs import LANGUAGES, catalog_path

_ROOT = Path(__file__).parents[2]
_SOURCES = (
    ("flows", [("**.py", "python")]),
    ("bot", [("**.py", "python")]),
    ("templates/messages", [("**.j2", "jinja2")]),
    ("templates/email", [("**.j2", "jinja2")]),
)
_OPTIONS = {
    "**.j2": {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true", "newstyle": "true"}
}
_KEYWORDS = {"L": None, "_": None, "gettext": None, "ngettext": (1, 2)}
# Latvian has three forms, in CLDR's order: 0 and 10 to 20; 1, 21, 101; 2 to 9, 22.
_PLURALS = {
    "lv": "nplurals=3; plural=(n%10==0 || (n%100>=11 && n%100<=19) ? 0 : n%10==1 && n%100!=11 ? 1 : 2);",
    "en": "nplurals=2; plural=(n != 1);",
}


_HEADER = "# The words of Koku palīgs. Brought up to date by `make words`; translations are written by people."


def main() -> int:
    """Update every catalog, or with `--check` only say what is stale, missing or fuzzy; 1 when something is."""
    check = "--check" in sys.argv
    found = extract()
    problems = []
    for language in LANGUAGES:
        path = catalog_path(language)
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        catalog = updated(language, found)
        problems += [f"{language}: {problem}" for problem in missing(catalog)]
        if check and _essence(old) != _essence(_written(catalog)):
            problems.append(f"{language}: the catalog is stale; run `make words`")
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_written(catalog), encoding="utf-8")
    for problem in problems:
        print(problem)  # noqa: T201 - a command prints
    return 1 if problems else 0


def extract() -> Catalog:
    """Collect every marked sentence, with where it stands."""
    catalog = Catalog(charset="utf-8")
    for folder, methods in _SOURCES:
        for name, line, message, comments, context in extract_from_dir(
            _ROOT / folder, methods, _OPTIONS, _KEYWORDS, comment_tags=("NOTE:",)
        ):
            catalog.add(message, None, [(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return catalog


def updated(language: str, found: Catalog) -> Catalog:
    """Bring a language's catalog up to the sentences found; nothing is guessed, nothing obsolete is kept."""
    path = catalog_path(language)
    known: dict[object, Message] = {}
    if path.exists():
        with path.open("rb") as source:
            known = {_key(message): message for message in read_po(source, locale=language) if message.id}
    catalog = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in sorted(found, key=lambda message: str(_key(message))):
        if message.id:
            old = known.get(_key(message))
            string = old.string if old else None
            files = sorted({(name, 0) for name, _ in message.locations})
            catalog.add(message.id, string, files, flags=old.flags if old else ())
    return catalog


def missing(catalog: Catalog) -> Iterator[str]:
    """Name the sentences without a translation. Latvian sentences are their own, but for plural forms."""
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"fuzzy: {message.id}"
        elif message.pluralizable and not all(message.string or ()):
            yield f"missing forms: {message.id}"
        elif not message.pluralizable and not message.string and str(catalog.locale) != "lv":
            yield f"missing: {message.id}"


def _key(message: Message) -> object:
    return message.id[0] if isinstance(message.id, list | tuple) else message.id


def _written(catalog: Catalog) -> str:
    """Write a catalog with no more of a header than reading it needs: it changes only when a sentence does."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, omit_header=True, sort_output=True, include_lineno=False)
    header = f'{_HEADER}\nmsgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{header}"Plural-Forms: {_PLURALS[str(catalog.locale)]}\\n"\n\n' + out.getvalue().decode()


def _essence(written: str) -> str:
    return "\n".join(line for line in written.splitlines() if not line.startswith("#"))


if __name__ == "__main__":
    sys.exit(main())
