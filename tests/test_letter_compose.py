"""Letters as they leave: headers that lead a reply back, one line each, and two bodies that say the same."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from bot.channels.email import token
from bot.channels.email.compose import Composed, Composer, Letterhead
from bot.messages import Address, Button, Destination, Enclosure, Envelope, Fate, Outbound, Position, SendError

_SECRET = "s" * 32
_PROMPT = "abcdefgh22345672"
_NOW = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
_HEAD = Letterhead(
    address="koki@example.lv", secret=_SECRET, plus=True, privacy_url="https://koki.example.lv/privatums?a=1&b=2"
)
_ANNA = Destination(chat=Address("mailto", "anna@example.org"), token="17")
_TOKEN = token.sign(_PROMPT, "anna@example.org", _SECRET)
_ENVELOPE = Envelope(subject="Gribu reģistrēt kokus", message_id="a1@mail.example.org", prompt=_PROMPT)
_ANYTHING = st.text(st.characters())  # halves of pairs too
_TEXT = """Labdien!

Pierakstīju: <b>ozols – 50</b>, liepa – 20 &amp; <i>viss</i>.

3) Kur koki aug?
• <code>7494 012 0849</code>
• <a href="https://mapmytree.eu/?a=1&amp;b=2">karte</a>"""


@pytest.fixture(scope="module")
def composer() -> Composer:
    """Return a composer."""
    return Composer(_HEAD)


def _compose(composer: Composer, message: Outbound | None = None, to: Destination = _ANNA) -> Composed:
    return composer.compose(to, message or Outbound(text=_TEXT, envelope=_ENVELOPE), _NOW)


def _read(composed: Composed) -> EmailMessage:
    """Read a letter as a strict reader does, and make sure that nothing of it is against the rules."""
    letter = email.message_from_bytes(composed.content, policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    assert [] == [defect for part in letter.walk() for defect in part.defects]
    assert [] == [name for name, value in letter.items() if getattr(value, "defects", ())]
    assert max(map(len, composed.content.split(b"\r\n"))) <= 998
    assert b"\n" not in composed.content.replace(b"\r\n", b"")
    return letter


def _body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def _subject(composer: Composer, written: str) -> str:
    return str(_read(_compose(composer, Outbound(text="x", envelope=replace(_ENVELOPE, subject=written))))["Subject"])


def test_a_reply_is_found_again_by_every_key(composer: Composer) -> None:
    """Its token stands in Reply-To, in the envelope's sender, in Message-ID and in both bodies, its code in Subject."""
    composed = _compose(composer)
    letter = _read(composed)
    assert f"koki+{_TOKEN}@example.lv" == letter["Reply-To"].addresses[0].addr_spec
    assert f"koki+bounce-{_TOKEN}@example.lv" == composed.sender
    assert (f"{_TOKEN}.17@example.lv", f"<{_TOKEN}.17@example.lv>") == (composed.message_id, letter["Message-ID"])
    assert "Re: Gribu reģistrēt kokus [#ABCDEF]" == letter["Subject"]
    for kind in ("plain", "html"):
        assert f"Nr. {_TOKEN}" in _body(letter, kind)
    for written in (composed.sender, composed.message_id, letter["Reply-To"], _body(letter, "plain")):
        assert (_TOKEN,) == token.tokens(written)
    assert token.opened(_TOKEN, "anna@example.org", _SECRET)


def test_a_letter_says_what_it_is(composer: Composer) -> None:
    """Who it is from and to, that a machine wrote it, that machines need not answer, and which letter it answers."""
    letter = _read(_compose(composer))
    assert ("Koku palīgs", "koki@example.lv") == (
        letter["From"].addresses[0].display_name,
        letter["From"].addresses[0].addr_spec,
    )
    assert "anna@example.org" == letter["To"]
    assert ("auto-replied", "All", "1") == tuple(
        letter[name] for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Koku-Paligs")
    )
    assert ("<a1@mail.example.org>", "<a1@mail.example.org>") == (letter["In-Reply-To"], letter["References"])
    assert (_NOW, "lv") == (letter["Date"].datetime, letter["Content-Language"])
    assert [] == [name for name in letter if name.startswith("List-") or name in ("Precedence", "Cc", "Bcc")]


def test_files_are_enclosed_as_they_are(composer: Composer) -> None:
    """Beside both bodies, each under its name; what a name or a type holds can't become a header."""
    files = (
        Enclosure(
            key="k", name="Pateicības raksts „Kalniņi”.pdf", media_type="application/pdf", content=bytes(range(256))
        ),
        Enclosure(key="k", name="a\r\nX-Bad: 1\x00.ics", media_type="text/calendar; method=REQUEST", content=b"BEGIN"),
        Enclosure(key="k", name="b", media_type="text/x\r\nX-Bad: 1", content=b""),
    )
    letter = _read(_compose(composer, Outbound(kind="document", text=_TEXT, envelope=_ENVELOPE, enclosures=files)))
    enclosed = [
        (part.get_filename(), part.get_content_type(), part.get_content()) for part in letter.iter_attachments()
    ]
    assert [
        ("Pateicības raksts „Kalniņi”.pdf", "application/pdf", bytes(range(256))),
        ("a X-Bad: 1 .ics", "text/calendar", "BEGIN"),
        ("b", "application/octet-stream", b""),
    ] == enclosed
    assert "ozols – 50" in _body(letter, "plain")
    assert "<b>ozols – 50</b>" in _body(letter, "html")
    assert letter["X-Bad"] is None


def test_a_letter_that_answers_none_says_so(composer: Composer) -> None:
    """An initiative has no Re:, refers to nothing and is marked as generated; without a prompt it has no token."""
    composed = _compose(composer, Outbound(text="Koki ievadīti."))
    letter = _read(composed)
    assert "Ziņa no Koku palīga" == letter["Subject"]
    assert ("auto-generated", None, None, None) == tuple(
        letter[name] for name in ("Auto-Submitted", "In-Reply-To", "References", "Reply-To")
    )
    assert ("koki@example.lv", ()) == (composed.sender, token.tokens(composed.content.decode()))
    assert "Nr." not in _body(letter, "plain") + _body(letter, "html")


def test_the_same_delivery_is_the_same_letter(composer: Composer) -> None:
    """Composed again, in another process too, it has the Message-ID that it had; another delivery has another."""
    for message in (Outbound(text=_TEXT, envelope=_ENVELOPE), Outbound(text="Koki ievadīti.")):
        first = _compose(composer, message)
        assert first == Composer(_HEAD).compose(_ANNA, message, _NOW)
        assert first.message_id != _compose(composer, message, replace(_ANNA, token="18")).message_id


def test_without_plus_addressing_the_address_stays_as_it_is() -> None:
    """Where the provider knows no koki+…@, or the name would be too long, replies come to the address itself."""
    for head in (replace(_HEAD, plus=False), replace(_HEAD, address=f"{'k' * 40}@example.lv")):
        composed = _compose(Composer(head))
        reply_to = _read(composed)["Reply-To"]
        assert head.address == composed.sender
        assert head.address == (reply_to.addresses[0].addr_spec if reply_to else head.address)
        assert (_TOKEN,) == token.tokens(composed.message_id)


@pytest.mark.parametrize(
    "written",
    [
        "Koki",
        "Re: Koki",
        "RE: Fwd: Atb.: Pārs: Ha: Отв: AW: SV: Koki",
        "Re[3]: re : Koki [#QQQQQQ]",
        "[#ABCDEF] Koki [#ABCDEF]",
        "  Re:\tKoki  ",
    ],
)
def test_a_subject_has_one_re_and_one_code(composer: Composer, written: str) -> None:
    """However often it went to and fro, and whatever language the client speaks."""
    assert "Re: Koki [#ABCDEF]" == _subject(composer, written)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", "Re: Jūsu vēstule [#ABCDEF]"),
        ("Re: ", "Re: Jūsu vēstule [#ABCDEF]"),
        ("Reģions: Ogre", "Re: Reģions: Ogre [#ABCDEF]"),
        ("Koki\r\nBcc: evil@example.org", "Re: Koki Bcc: evil@example.org [#ABCDEF]"),
        ("Koki\n\n<b>body", "Re: Koki <b>body [#ABCDEF]"),
        ("a\x00b\x85c\u2028d\x1be\ud800f", "Re: a b c d e f [#ABCDEF]"),
        ("=?utf-8?q?a=0Ab?=", "Re: =?utf-8?q?a=0Ab?= [#ABCDEF]"),
        ("Mežs 🌳" * 10, f"Re: {'Mežs 🌳' * 10} [#ABCDEF]"),
        ("ž" * 500, f"Re: {'ž' * 149}… [#ABCDEF]"),
    ],
)
def test_a_subject_is_one_line_whatever_came(composer: Composer, written: str, shown: str) -> None:
    """Nothing in a person's subject begins a header of its own, and the code is always seen."""
    assert shown == _subject(composer, written)


def test_a_subject_cannot_add_a_header(composer: Composer) -> None:
    """The headers of an answer to a hostile letter are those of any answer."""
    hostile = replace(
        _ENVELOPE,
        subject="a\r\nBcc: evil@example.org\r\n\r\nbody",
        message_id="x@y>\r\nBcc: <evil@example.org",
        references=("a@b\nX-Evil: 1", "ok@example.org", "ā@example.org", "<a@b>", "c d@e", "x" * 5000),
        copy=("a@example.org\r\nBcc: evil@example.org", "b@example.org"),
    )
    letter = _read(_compose(composer, Outbound(text=_TEXT, envelope=hostile)))
    assert {*_read(_compose(composer)).keys(), "Cc"} - {"In-Reply-To"} == set(letter.keys())
    assert ("<ok@example.org>", "b@example.org") == (letter["References"], letter["Cc"])


@given(
    subject=_ANYTHING,
    message_id=_ANYTHING,
    references=st.lists(_ANYTHING, max_size=3),
    copy=st.lists(_ANYTHING | st.emails(), max_size=3),
    text=_ANYTHING,
)
def test_no_letter_that_comes_in_spoils_one_that_goes_out(  # noqa: PLR0917 - what a person's letter may hold
    composer: Composer, subject: str, message_id: str, references: list[str], copy: list[str], text: str
) -> None:
    """Whatever a person's letter held, the answer has our headers and no others, and is read as we wrote it."""
    envelope = Envelope(
        subject=subject, message_id=message_id, references=tuple(references), copy=tuple(copy), prompt=_PROMPT
    )
    letter = _read(_compose(composer, Outbound(text=f"Labdien! {text}", envelope=envelope)))
    assert set(letter.keys()) <= {*_read(_compose(composer)).keys(), "Cc"}
    assert str(letter["Subject"]).endswith("[#ABCDEF]")
    assert f"Nr. {_TOKEN}" in _body(letter, "plain").splitlines()
    assert {"text/plain", "text/html"} == {part.get_content_type() for part in letter.iter_parts()}


def test_references_keep_the_first_and_the_last(composer: Composer) -> None:
    """A long thread stays one: of a hundred ids go the first, the nineteen newest, and the answered one last."""
    known = tuple(f"{number}@example.org" for number in range(99, -1, -1))
    envelope = replace(_ENVELOPE, references=known)
    ids = str(_read(_compose(composer, Outbound(text="x", envelope=envelope)))["References"]).split()
    assert 20 == len(ids)
    assert ["<0@example.org>", "<82@example.org>"] == ids[:2]
    assert ["<99@example.org>", "<a1@mail.example.org>"] == ids[-2:]


def test_copies_go_to_whom_the_person_copied_in(composer: Composer) -> None:
    """Not to ourselves, not twice, not to the person, and not to an address that takes no letter."""
    copy = ("Skola@example.org", "KOKI+kp123@example.lv", "skola@example.org", "jānis@example.org", "Anna@example.org")
    composed = _compose(composer, Outbound(text="x", envelope=replace(_ENVELOPE, copy=copy)))
    assert ("anna@example.org", "skola@example.org") == tuple(map(str.lower, composed.recipients))
    assert 1 == len(_read(composed)["Cc"].addresses)


def test_a_letter_to_a_crowd_is_answered_to_its_sender_only(composer: Composer) -> None:
    """Nobody makes us write to hundreds of people by one letter."""
    copy = tuple(f"a{number}@example.org" for number in range(11))
    composed = _compose(composer, Outbound(text="x", envelope=replace(_ENVELOPE, copy=copy)))
    assert ("anna@example.org",) == composed.recipients


def test_a_latvian_domain_is_written_in_idna(composer: Composer) -> None:
    """Every server takes it, in the envelope and in the header; the token is signed for the address as we know it."""
    composed = _compose(composer, to=Destination(chat=Address("mailto", "anna@bērziņš.lv"), token="17"))
    assert ("anna@xn--brzi-bva32apg.lv",) == composed.recipients
    assert "anna@xn--brzi-bva32apg.lv" == _read(composed)["To"]
    assert token.opened(token.tokens(composed.message_id)[0], "anna@bērziņš.lv", _SECRET)


@pytest.mark.parametrize(
    ("ident", "message", "reason"),
    [
        ("jānis@example.org", Outbound(text="x"), "other than ASCII before the @"),
        ("nobody", Outbound(text="x"), "no address"),
        ("a@example.org>\r\nRCPT TO:<b@example.org", Outbound(text="x"), "no address"),
        ("anna@example.org", Outbound(text=" \n "), "says nothing"),
        ("anna@example.org", Outbound(kind="edit", text="x"), "no such kind of letter: edit"),
    ],
)
def test_what_can_be_no_letter_is_refused(composer: Composer, ident: str, message: Outbound, reason: str) -> None:
    """A name that is not ASCII, no address, nothing to say, a change of a letter: trying again would not help."""
    with pytest.raises(SendError) as caught:
        _compose(composer, message, Destination(chat=Address("mailto", ident), token="17"))
    assert Fate.REFUSED == caught.value.fate
    assert reason in caught.value.reason
    assert ident not in caught.value.reason


@given(ident=_ANYTHING | st.emails(), prompt=_ANYTHING)
def test_any_address_gets_a_letter_or_a_refusal(composer: Composer, ident: str, prompt: str) -> None:
    """What is stored as an address, and as a prompt, may be anything: no other error comes of it."""
    to = Destination(chat=Address("mailto", ident), token="17")
    composed, fate = None, Fate.REFUSED
    try:
        composed = _compose(composer, Outbound(text="x", envelope=Envelope(prompt=prompt)), to)
    except SendError as error:
        fate = error.fate
    assert Fate.REFUSED == fate
    if composed:
        assert 1 == len(_read(composed)["To"].addresses)
        assert composed.recipients[0].isascii()


@pytest.mark.parametrize(
    ("language", "mark"), [("lv", "Rakstiet virs šīs līnijas"), ("en", "Please write above this line")]
)
def test_both_bodies_say_the_same(composer: Composer, language: str, mark: str) -> None:
    """Every word of the HTML is in the plain text in the same order, links as addresses; the mark comes first."""
    letter = _read(_compose(composer, Outbound(text=_TEXT, envelope=_ENVELOPE, language=language)))
    text, tree = _body(letter, "plain"), LexborHTMLParser(_body(letter, "html"))
    assert f"--- {mark} ---" == text.splitlines()[0]
    assert tree.body is not None
    for link in tree.css("a"):
        shown = link.text()
        link.replace_with(shown if shown == link.attributes["href"] else f"{shown}: {link.attributes['href']}")
    assert tree.body.text().split() == text.split()
    assert "50, liepa – 20 & viss." in text


def test_markup_that_is_not_ours_is_shown_and_not_obeyed(composer: Composer) -> None:
    """Only the tags that bot.words writes have a meaning in a letter."""
    hostile = '<script>x()</script> <img src="http://e.example.org/p.png"> <b onclick="x">z</b> 1 < 2'
    link = '<a href="javascript:x()">y</a>'
    letter = _read(_compose(composer, Outbound(text=f"{hostile} {link}")))
    tree = LexborHTMLParser(_body(letter, "html"))
    assert [] == tree.css("script, img, [onclick], a[href^=javascript]")
    assert tree.body is not None
    assert "<script>x()</script> <img" in tree.body.text()
    assert "1 < 2" in _body(letter, "plain")


def test_the_html_asks_for_nothing_remote_and_fits_a_phone(composer: Composer) -> None:
    """No picture, no font, no style sheet from elsewhere; its language is named and no letter is small."""
    markup = _body(_read(_compose(composer)), "html")
    tree = LexborHTMLParser(markup)
    assert [] == tree.css("img, link, script, iframe, object, form, [src], [background]")
    assert [] == re.findall(r"url\(|@import", markup)
    assert [] == [size for size in re.findall(r"font(?:-size)?: (\d+)px", markup) if int(size) < 16]
    assert "lv" == tree.css("html")[0].attributes["lang"]
    assert "light dark" == tree.css("meta[name=color-scheme]")[0].attributes["content"]


def test_a_place_and_a_button_become_links(composer: Composer) -> None:
    """A map can't be shown in a letter, so it is linked; a button with an address is one, others have no use here."""
    rows = ((Button(label="Atvērt", url='https://example.lv/?a=1&b="2"'), Button(label="Jā", data="p:1")),)
    letter = _read(_compose(composer, Outbound(kind="place", position=Position(lat=57.1, lon=25.2), rows=rows)))
    text, tree = _body(letter, "plain"), LexborHTMLParser(_body(letter, "html"))
    at = "https://www.openstreetmap.org/?mlat=57.10000&mlon=25.20000#map=16/57.10000/25.20000"
    assert f"Vieta kartē: {at}" in text
    assert 'Atvērt: https://example.lv/?a=1&b="2"' in text
    assert "Jā" not in text
    assert [at, 'https://example.lv/?a=1&b="2"'] == [link.attributes["href"] for link in tree.css("a")][:2]


def test_an_announcement_can_be_stopped_with_one_click(composer: Composer) -> None:
    """RFC 8058: by a POST to the address in the header, by a letter, and by a link that people see."""
    page = "https://koki.example.lv/stop/abc?x=1&y=2"
    letter = _read(composer.compose(_ANNA, Outbound(text="Nāciet stādīt!"), _NOW, page))
    assert f"<{page}>, <mailto:koki@example.lv?subject=unsubscribe>" == letter["List-Unsubscribe"]
    assert ("List-Unsubscribe=One-Click", "bulk", "<koku-paligs.example.lv>") == tuple(
        letter[name] for name in ("List-Unsubscribe-Post", "Precedence", "List-Id")
    )
    assert page in _body(letter, "plain")
    assert page in [link.attributes["href"] for link in LexborHTMLParser(_body(letter, "html")).css("a")]


def test_our_own_address_has_to_be_one() -> None:
    """Said at once, when the service starts, and not by the first letter."""
    with pytest.raises(ValueError, match="ASCII"):
        Composer(replace(_HEAD, address="palīgs@example.lv"))
    assert "xn--" in Composer(replace(_HEAD, address="koki@bērziņš.lv")).compose(_ANNA, Outbound(text="x"), _NOW).sender
