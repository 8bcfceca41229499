"""Consents: the words with which each permission was asked for, in every version that there has been.

A permission is recorded with its version, so that it can be shown later what exactly was agreed to. The words of a
version never change: other words are another version (`permissions.VERSION`), and stand below the old ones.
"""

from collections.abc import Mapping

# version -> permission -> as asked in a chat, and by letter where that differs.
TEXTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "2026-11": {
        "enter_mapmytree": (
            (
                "Kurš kokus ievadīs platformā MapMyTree? (Tā atveras pārlūkā, nekas nav jālejupielādē.) Ja to darīs "
                "mūsu darbinieks, Jūs atļaujat tur publiski norādīt koku sugas, skaitu un vietu. Atļauju varēsiet "
                "atsaukt."
            ),
        ),
        "news": (
            "Ja gribat ziņas par koku stādīšanas pasākumiem, nospiediet „Saņemt ziņas”.",
            "Ja gribat ziņas par koku stādīšanas pasākumiem, atbildiet ar „saņemt ziņas”.",
        ),
        "publicity": (
            "Ja Jūsu foto drīkstam rādīt citiem, nospiediet „Foto drīkst rādīt”.",
            "Ja Jūsu foto drīkstam rādīt citiem, atbildiet ar „foto drīkst rādīt”.",
        ),
    },
}


def said(version: str, kind: str, *, by_letter: bool = False) -> str:
    """Return what was said when a permission of that version was given, in Latvian; '' where nobody knows any more."""
    texts = TEXTS.get(version, {}).get(kind, ())
    return texts[-1 if by_letter else 0] if texts else ""
