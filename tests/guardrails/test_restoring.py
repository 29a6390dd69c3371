"""However an answer is cut: what was masked comes back, and no more is held than may be a placeholder."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.placeholders import Placeholders
from guardrails.restoring import Issued, Restoring

PLACES = Placeholders(b"secret", "team")
MAIL, QUOTED = PLACES.of("EMAIL", b"bob@acme.example"), PLACES.of("NAME", b'O"Brien \\ co')
ISSUED = Issued(PLACES.values)
FOREIGN = Placeholders(b"secret", "another team").of("EMAIL", b"bob@acme.example")

PIECES = st.lists(
    st.sampled_from(
        [MAIL, QUOTED, FOREIGN, MAIL[:7], "<", "<<", ">", "<EMAIL_", "_", "é", " text ", "\\u003c"]
    )
)


def cut(text: str, at: list[int]) -> list[str]:
    marks = sorted({min(mark, len(text)) for mark in at})
    return [text[a:b] for a, b in zip([0, *marks], [*marks, len(text)], strict=True)]


def restored(text: str, cuts: list[int], in_json: bool = False) -> str:
    editor = Restoring(ISSUED, in_json=in_json)
    said = []
    for piece in cut(text, cuts):
        said.append(editor.feed(piece))
        assert len(editor.held) <= ISSUED.longest + 42
        assert (
            not editor.held
            or any(
                # Markdown may have put more into it.
                form.replace("_", "").startswith(re.sub(r"[\\ _]", "", editor.held))
                for name in PLACES.values
                for form in (name, "u003c" + name[1:-1] + "u003e")
            )
            # Its type may be translated.
            or re.fullmatch(r"(?:<|\\u003c)\s*[^\W\d_]+(?:_[0-9a-f]*)?", editor.held)
        )
    return "".join(said) + editor.flush()


@given(PIECES, st.lists(st.integers(0, 300)))
def test_where_an_answer_is_cut_makes_no_difference(pieces: list[str], cuts: list[int]) -> None:
    text = "".join(pieces)
    expected = text
    for name, value in ((MAIL, "bob@acme.example"), (QUOTED, 'O"Brien \\ co')):
        expected = expected.replace(name, value)
    assert restored(text, cuts) == expected


@given(PIECES)
def test_a_whole_document_says_what_each_of_its_texts_would(pieces: list[str]) -> None:
    text = "".join(pieces)
    document = json.dumps({text: [text]}, ensure_ascii=False).encode()
    said = ISSUED.replace(text)
    assert json.loads(ISSUED.replace_in_document(document)) == {said: [said]}
    assert said == text or ISSUED.may_stand(document)


def test_every_cut_of_one_text() -> None:
    text = f"a {MAIL}, <EMAIL_ {FOREIGN}{MAIL}<"
    expected = text.replace(MAIL, "bob@acme.example")
    for one in range(len(text) + 1):
        for other in range(one, len(text) + 1):
            assert restored(text, [one, other]) == expected


@given(st.lists(st.integers(0, 300)), st.sampled_from([MAIL, f"\\u003c{MAIL[1:-1]}\\u003e", QUOTED]))
def test_inside_json_a_value_is_escaped(cuts: list[int], name: str) -> None:
    text = restored(f'{{"to": "{name}", "x": 1}}', cuts, in_json=True)
    value = 'O"Brien \\ co' if name == QUOTED else "bob@acme.example"
    assert json.loads(text) == {"to": value, "x": 1}


@pytest.mark.parametrize("deep", [1, 2, 3])
@given(cuts=st.lists(st.integers(0, 200), max_size=6), brackets=st.booleans())
def test_a_value_is_escaped_as_deep_as_its_placeholder_stands(
    deep: int, cuts: list[int], brackets: bool
) -> None:
    said = f'he said "{QUOTED}", \\ and {MAIL}'
    text = said
    for _ in range(deep):
        text = json.dumps({"a": "x\n", "text": text, "after": QUOTED})
        if brackets:
            text = text.replace("<", "\\u003c").replace(">", "\\u003e")
    for in_json in (True, False):
        value = restored(text, cuts, in_json=in_json)
        for _ in range(deep):
            read = json.loads(value)
            value = read["text"]
            assert read["after"] == 'O"Brien \\ co'
        assert value == said.replace(QUOTED, 'O"Brien \\ co').replace(MAIL, "bob@acme.example")


@pytest.mark.parametrize(
    "text", [f'he said "{QUOTED}"', f'"{QUOTED}" he said', f'so: {{"a": "{QUOTED}"}}', f"{{{QUOTED}}}"]
)
def test_words_that_are_no_json_have_the_value_as_it_is(text: str) -> None:
    for at in range(len(text)):
        assert restored(text, [at]) == text.replace(QUOTED, 'O"Brien \\ co')
    assert ISSUED.replace(text) == text.replace(QUOTED, 'O"Brien \\ co')


def test_a_string_in_json_that_is_none_says_its_quotes_as_they_are() -> None:
    text = json.dumps({"a": f'he said "hi" and "{QUOTED}"', "b": QUOTED})
    assert json.loads(ISSUED.replace(text)) == {
        "a": 'he said "hi" and "O"Brien \\ co"',
        "b": 'O"Brien \\ co',
    }


@pytest.mark.parametrize("name", [FOREIGN, "<EMAIL_aaaaaaaaaaaa>"])
def test_a_placeholder_of_somebody_else_is_not_restored_but_counted(name: str) -> None:
    issued = Issued(PLACES.values)
    editor = Restoring(issued, in_json=False)
    assert editor.feed(f"to {name}") + editor.flush() == f"to {name}"
    assert (issued.restored, issued.unknown) == (0, 1)


def test_what_was_restored_is_not_looked_at_again() -> None:
    places = Placeholders(b"secret", "team")
    inner = places.of("EMAIL", b"x@y.example")
    outer = places.of("LITERAL", inner.encode())
    editor = Restoring(Issued(places.values), in_json=False)
    assert editor.feed(outer) + editor.flush() == inner


def test_text_without_a_bracket_is_never_held() -> None:
    editor = Restoring(ISSUED, in_json=False)
    assert editor.feed("nothing here") == "nothing here" and not editor.held
