"""How a letter looks in a real browser on a phone, by day and by night; `LOOK=folder` also keeps the pictures."""

import html
import json
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels.email.compose import Composer, Letterhead
from bot.messages import Address, Destination, Envelope, Outbound
from tests.browser import program
from tests.smtp_server import Received

_LOOK = os.environ.get("LOOK", "")
_PHONE = 390  # pixels

_TEXT = """Labdien!

Pierakstīju: <b>ozols – 50</b>, liepa – 20. Stādīts: 2025. gada aprīlī.

Vajag vēl trīs atbildes. Rakstiet atbildi aiz numura, piemēram, „3) 250”.

3) Kur koki aug? Uzrakstiet pagastu un mājas nosaukumu. Der arī kadastra numurs, piemēram, <code>7494 012 0849</code>.

4) Kas stādīja?
• skola
• pašvaldība vai uzņēmums

5) Vai drīkst Jūsu kokus ievadīt platformā MapMyTree? Vairāk: \
<a href="https://mapmytree.eu/a-very-long-address/without-any-place-where-it-could-be-broken-off/0123456789">\
https://mapmytree.eu/a-very-long-address/without-any-place-where-it-could-be-broken-off/0123456789</a>"""

# Looks at every element that holds text: its size, and how its colour stands out from what is behind it.
_LOOKER = """<script>
const light = c => [0, 1, 2].map(i => c[i] / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const rgb = text => text.match(/[\\d.]+/g).map(Number);
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const behind = el => { for (; el; el = el.parentElement) { const c = rgb(getComputedStyle(el).backgroundColor);
  if (c.length === 3 || c[3] === 1) return c; } return dark ? [18, 18, 18] : [255, 255, 255]; };
const seen = [...document.body.querySelectorAll("*")].filter(el => el.tagName !== "SCRIPT" &&
  [...el.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(el => {
  const pair = [light(rgb(getComputedStyle(el).color)), light(behind(el))].sort((a, b) => b - a);
  return {size: parseFloat(getComputedStyle(el).fontSize), contrast: (pair[0] + .05) / (pair[1] + .05)}; });
parent.document.title = JSON.stringify({dark, inner: innerWidth, wide: document.documentElement.scrollWidth,
  smallest: Math.min(...seen.map(s => s.size)), faintest: Math.min(...seen.map(s => s.contrast)), texts: seen.length});
</script>"""
# In a frame, since a browser without a screen has windows of 500 pixels and more.
_PHONE_FRAME = """<!DOCTYPE html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title></title>
<iframe width="{width}" height="1300" style="border: 0; color-scheme: light dark" srcdoc="{markup}"></iframe>"""


@pytest.mark.usefixtures("browser")  # which says what is missing where there is none
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["lv", "en"])
def test_a_letter_is_readable_on_a_phone(language: str, *, dark: bool, tmp_path: Path) -> None:
    """Nothing is wider than the screen, no text is small, and all of it stands out, in both modes."""
    page = tmp_path / "letter.html"
    markup = _letter(language)
    looked_at = html.escape(markup.replace("</body>", f"{_LOOKER}</body>"))
    page.write_text(_PHONE_FRAME.format(width=_PHONE, markup=looked_at), encoding="utf-8")
    seen = _look(page, dark=dark)
    assert (dark, _PHONE, _PHONE) == (seen["dark"], seen["inner"], seen["wide"])
    assert seen["texts"] > 10
    assert seen["smallest"] >= 16
    assert seen["faintest"] >= 4.5  # WCAG AA
    if _LOOK:
        shot = Path(_LOOK).absolute() / f"letter-{language}-{'dark' if dark else 'light'}.png"
        page.write_text(markup, encoding="utf-8")
        _browse(page, f"--screenshot={shot}", dark=dark)
        assert shot.stat().st_size > 10_000


def _letter(language: str) -> str:
    head = Letterhead(
        address="koki@example.lv", secret="s" * 32, plus=True, privacy_url="https://koki.example.lv/privatums"
    )
    message = Outbound(text=_TEXT, envelope=Envelope(prompt="abcdefgh22345672"), language=language)
    to = Destination(chat=Address("mailto", "anna@example.org"), token="17")
    composed = Composer(head).compose(to, message, datetime(2026, 11, 26, tzinfo=UTC), "https://koki.example.lv/stop/1")
    received = Received(sender="", recipients=(), content=composed.content, connection=1)
    part = received.letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def _look(page: Path, *, dark: bool) -> dict[str, Any]:
    shown = _browse(page, "--dump-dom", dark=dark)
    found = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def _browse(page: Path, *options: str, dark: bool) -> str:
    """Open a page at the width of a phone and return what the browser says."""
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    size = f"--window-size={_PHONE},1300"
    command = [program(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", scheme, size]
    profile = f"--user-data-dir={page.parent / 'profile'}"
    done = subprocess.run(
        [*command, profile, *options, page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout
