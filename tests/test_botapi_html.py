"""The server reads HTML as Telegram does: text, entities in UTF-16 units, complaints with byte offsets."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.botapi.errors import ApiError
from tests.botapi.html import is_link, parse_html
from tests.botapi.spec import utf16


def _entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("Labdien!", "Labdien!", []),
        ("<b>a</b><strong>b</strong>", "ab", [_entity("bold", 0, 1), _entity("bold", 1, 1)]),
        ("<i>a</i><em>b</em>", "ab", [_entity("italic", 0, 1), _entity("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [_entity("underline", 0, 1), _entity("underline", 1, 1)]),
        ("<s>a</s><del>b</del>", "ab", [_entity("strikethrough", 0, 1), _entity("strikethrough", 1, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [_entity("spoiler", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [_entity("spoiler", 0, 1)]),
        ("<B>a</b >", "a", [_entity("bold", 0, 1)]),
        ("<b>a</>", "a", [_entity("bold", 0, 1)]),
        ("<b>a<i>b</i></b>", "ab", [_entity("bold", 0, 2), _entity("italic", 1, 1)]),
        ("<b></b>x", "x", []),
        ("ā🌳<b>b</b>", "ā🌳b", [_entity("bold", 3, 1)]),
        ("1 &lt; 2 &amp;&gt; &quot;a&quot;", '1 < 2 &> "a"', []),
        ("&#8211;&#x1F333; &#xd83c;&#xdf33;", "–🌳 🌳", []),
        ("a & b && c &amp d", "a & b && c & d", []),
        ("<code>a</code><pre>b</pre>", "ab", [_entity("code", 0, 1), _entity("pre", 1, 1)]),
        (
            '<pre><code class="language-python">a</code></pre>',
            "a",
            [_entity("pre", 0, 1, language="python")],
        ),
        ("<blockquote>a</blockquote>", "a", [_entity("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [_entity("expandable_blockquote", 0, 1)]),
        (
            '<a href="https://mapmytree.eu/?a=1&amp;b=2">šeit</a>',
            "šeit",
            [_entity("text_link", 0, 4, url="https://mapmytree.eu/?a=1&b=2")],
        ),
        ("<a href='tg://user?id=7'>Anna</a>", "Anna", [_entity("text_mention", 0, 4, user={"id": 7})]),
        ("<a>vmd.gov.lv</a>", "vmd.gov.lv", [_entity("text_link", 0, 10, url="vmd.gov.lv")]),
        ('<tg-emoji emoji-id="5368">👍</tg-emoji>', "👍", [_entity("custom_emoji", 0, 2, custom_emoji_id="5368")]),
    ],
)
def test_reading(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    """Documented tags and references are read, and nothing is dropped on the way."""
    parsed = parse_html(source)

    assert (text, entities, []) == (parsed.text, parsed.entities, parsed.ignored)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("ā<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("🌳<b", "Unclosed start tag at byte offset 4"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<a ='x'>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href='x", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        (
            "&#xd83c;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities,"
                " check for unmatched surrogate code units"
            ),
        ),
    ],
)
def test_complaints(source: str, complaint: str) -> None:
    """Broken markup is refused in Telegram's words, with the place in bytes."""
    with pytest.raises(ApiError) as refused:
        parse_html(source)

    assert f"Bad Request: can't parse entities: {complaint}" == refused.value.description


@pytest.mark.parametrize(
    "source",
    [
        "1&nbsp;m",
        "&ndash;",
        "&apos;",
        '<b class="x">x</b>',
        '<a href="mailto:a@b.lv">x</a>',
        '<a href="#top">x</a>',
        "<code><b>x</b></code>",
        "<blockquote>a<blockquote>b</blockquote></blockquote>",
    ],
)
def test_what_telegram_drops_silently(source: str) -> None:
    """Markup without effect is noticed although Telegram would accept it."""
    assert len(parse_html(source).ignored) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://mapmytree.eu", True),
        ("mapmytree.eu/lv", True),
        ("tg://resolve?domain=a", True),
        ("http://localhost/", False),
        ("tel:+37167000000", False),
        ("mailto:a@b.lv", False),
        ("x", False),
    ],
)
def test_links(url: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """Only what has a host becomes a link."""
    assert expected == is_link(url)


@given(st.lists(st.sampled_from(["ā", "🌳", " ", "&amp;", "<b>", "</b>", "<i>", "</i>", "x"]), max_size=30))
def test_entities_stay_inside_of_the_text(pieces: list[str]) -> None:
    """Whatever is accepted has its entities inside of the text, not empty, counted in UTF-16 units."""
    try:
        parsed = parse_html("".join(pieces))
    except ApiError:
        return
    expected = sum(utf16(piece.replace("&amp;", "&")) for piece in pieces if not piece.startswith("<"))
    assert expected == utf16(parsed.text)
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= expected for e in parsed.entities)
