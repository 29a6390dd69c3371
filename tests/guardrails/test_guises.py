"""However a model writes a placeholder it was given: its value comes back, and no stranger's does."""

import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.placeholders import Placeholders
from guardrails.restoring import Issued, Restoring

PLACES = Placeholders(b"secret", "team")
MAIL, NINO = PLACES.of("EMAIL", b"o'ann@acme.example"), PLACES.of("UK_NINO", b"AB 12 34 56 C & D")
FOREIGN = Placeholders(b"secret", "another team").of("EMAIL", b"o'ann@acme.example")
VALUES = dict(PLACES.values)

GUISES: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "in small letters": (str.lower, str),
    "in capitals": (str.upper, str),
    "for Markdown": (lambda name: name.replace("_", "\\_"), str),
    "for Markdown, brackets too": (lambda name: f"\\{name[:-1]}\\>".replace("_", "\\_"), str),
    "for HTML": (html.escape, html.escape),
    "for HTML, by numbers": (lambda name: f"&#60;{name[1:-1]}&#62;", html.escape),
    "for HTML, by other numbers": (lambda name: f"&#x3c;{name[1:-1]}&#x3E;", html.escape),
    "for a link": (lambda name: quote(name, safe=""), lambda value: quote(value, safe="")),
    "in JSON": (lambda name: f"\\u003c{name[1:-1]}\\u003E", str),
    "with spaces": (lambda name: f"< {name[1:-1]} >", str),
    "with spaces inside": (lambda name: name.replace("_", " "), str),
    "with dashes": (lambda name: name.replace("_", "-"), str),
    "without brackets": (lambda name: name[1:-1], str),
    "in other brackets": (lambda name: f"[{name[1:-1]}]", "[{}]".format),
    "as a tag": (lambda name: f"{name[:-1]}/>", "<{}/>".format),
    "of somebody": (lambda name: f"{name}'s", "{}'s".format),
    "in capitals, without brackets": (lambda name: f"{name[1:-13]}{name[-13:-1].upper()}", str),
    "over two lines": (lambda name: f"{name[:-7]}\n{name[-7:]}", str),
    "over two lines, indented": (lambda name: name.replace("_", "_\r\n    ", 1), str),
    "where it may be broken": (lambda name: f"{name[:-7]}\u00ad{name[-7:-3]}\u200b{name[-3:]}", str),
    "with spaces that do not break": (lambda name: name.replace("_", "\u00a0"), str),
    "with its type translated": (lambda name: f"<CORRÉO_{name[-13:]}", str),
    "with its type in another script": (lambda name: f"&lt;ПОЧТА_{name[-13:-1]}&gt;", html.escape),
    "in bold": (lambda name: f"**{name}**", "**{}**".format),
}


def restored(pieces: list[str]) -> str:
    issued = Issued(VALUES)
    editor, said = Restoring(issued, in_json=False), ""
    for piece in pieces:
        said += editor.feed(piece)
        assert len(editor.held) <= issued.longest + 42
    return said + editor.flush()


@pytest.mark.parametrize("name", [MAIL, NINO], ids=["EMAIL", "UK_NINO"])
@pytest.mark.parametrize("guise", GUISES.values(), ids=GUISES)
def test_its_value_comes_back(guise: tuple[Callable[[str], str], Callable[[str], str]], name: str) -> None:
    written, dressed = guise
    text = f"It is {written(name)}, and E{written(name)} too."
    expected = f"It is {dressed(VALUES[name])}, and E{dressed(VALUES[name])} too."
    assert restored([text]) == expected
    for at in range(len(text)):
        assert restored([text[:at], text[at:]]) == expected, at
    assert restored(list(text)) == expected
    document = json.dumps({"a": [text]}, ensure_ascii=False).encode()
    assert json.loads(Issued(VALUES).replace_in_document(document)) == {"a": [expected]}
    assert restored([written(FOREIGN)]) == written(FOREIGN)


PIECES = st.lists(
    st.sampled_from(
        [
            MAIL,
            NINO,
            FOREIGN,
            MAIL[1:9],
            MAIL[1:-1],
            "<",
            "&lt;",
            "&",
            "%3C",
            "%",
            "\\",
            "\\_",
            " ",
            ">",
            "&gt;",
        ]
        + ["%3E", "E", "UK", "EMAIL_", "UK_", "a", "<b>", MAIL.lower()[:12], NINO[9:]]
    ),
    max_size=8,
)


@given(PIECES, st.lists(st.integers(0, 200), max_size=6))
def test_where_it_is_cut_makes_no_difference(said: list[str], cuts: list[int]) -> None:
    text = "".join(said)
    marks = sorted({min(cut, len(text)) for cut in cuts})
    pieces = [text[a:b] for a, b in zip([0, *marks], [*marks, len(text)], strict=True)]
    assert restored(pieces) == restored([text])


@pytest.mark.parametrize(
    "text", ["Every EMAIL is read.", "a & b, 5 % off", "<p>Hi</p>", "C:\\temp", "EMAIL_x"]
)
def test_what_is_none_is_said_as_it_is(text: str) -> None:
    for at in range(len(text)):
        assert restored([text[:at], text[at:]]) == text


def test_a_word_that_goes_on_otherwise_is_not_held() -> None:
    editor = Restoring(Issued(VALUES), in_json=False)
    assert [editor.feed(piece) for piece in ("an E", "nd &", "amp; <E", "m>")] == [
        "an ",
        "End ",
        "&amp; ",
        "<Em>",
    ]
    long = "<" + "a" * (len(NINO) - 1)
    assert editor.feed(long[:-1]) == ""
    assert editor.feed(long[-1]) == long  # what is longer than all of them is none by another name


@given(PIECES, st.booleans())
def test_a_document_without_a_sign_of_any_stays_as_it_is(said: list[str], ascii_only: bool) -> None:
    document, issued = json.dumps({"a": ["".join(said)]}, ensure_ascii=ascii_only).encode(), Issued(VALUES)
    assert issued.may_stand(document) or issued.replace_in_document(document) == document


def test_most_answers_show_none() -> None:
    answer = {
        "id": "chatcmpl-9aXbE",
        "finish_reason": "stop",
        "content": "an E\nfor EMAIL",
        "total_tokens": 9,
    }
    assert not Issued(VALUES).may_stand(json.dumps(answer).encode())


@pytest.mark.parametrize(
    ("event", "may"),
    [
        (b'{"id":"chatcmpl-9aXbE","delta":{"content":"an Eel"}}', False),
        (b'{"id":"chatcmpl-9aXbE","delta":{"content":"an E"}}', True),
        (b'{"id":"chatcmpl-9aXbE","delta":{"content":"an\\nUK"}}', True),
        (b'{"id":"chatcmpl-9aXbE","delta":{"content":"a \\u0026"}}', True),
    ],
)
def test_an_id_is_no_beginning(event: bytes, may: bool) -> None:
    assert Issued(VALUES).hint(event) is may
