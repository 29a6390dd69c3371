"""Wherever an answer is cut, not one character of a finding leaves, and what is clean is let go at once."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import GuardFacts
from guardrails.ends import OPENINGS
from guardrails.guard import WINDOW, Finding, Guard, Segment
from guardrails.guards import pii, secrets, words
from guardrails.skimming import FormSkim
from guardrails.window import Stopped, Window

Cut = list[int]
NOTHING: Callable[[Finding], None] = lambda finding: None  # noqa: E731
WORDS = words.GUARD.build(GuardFacts("w", "words", action="redact", words=("night train", "été")))
PII = pii.GUARD.build(GuardFacts("pii", "pii", action="redact"))
SECRETS = secrets.GUARD.build(GuardFacts("s", "secrets", action="redact"))
KEY = "sk-ant-api03-Kd83hfkDJ38dhfkskdjfhKJSHDF8sdfkjhsdfKQ9"
CLEAN = [
    "a day ",
    "it's ",
    "night ",
    "rains ",
    "é ",
    "(x), ",
    "12 ",
    "sk-",
    "\n",
    "bob@ ",
    "<",
    "a" * 300 + " ",
]
SPANS = {
    id(WORDS): ["night train", "été"],
    id(PII): ["bob@acme.example", "4111 1111 1111 1111"],
    id(SECRETS): [KEY],
}
GUARDS = {"words": WORDS, "pii": PII, "secrets": SECRETS}
OPENS = {name: OPENINGS.build(guard.partial) for name, guard in GUARDS.items()}


def window(
    guard: Guard, name: str, *, in_json: bool = False, note: Callable[[Finding], None] = NOTHING
) -> Window:
    return Window(lambda text: guard.inspect(Segment("output", text)), OPENS[name], note, in_json=in_json)


def cut(text: str, at: Cut) -> list[str]:
    marks = sorted({min(mark, len(text)) for mark in at})
    return [text[a:b] for a, b in zip([0, *marks], [*marks, len(text)], strict=True)]


@pytest.mark.parametrize("name", GUARDS)
@given(data=st.data(), cuts=st.lists(st.integers(0, 900), max_size=12))
def test_no_character_of_a_span_leaves(name: str, data: st.DataObject, cuts: Cut) -> None:
    guard = GUARDS[name]
    spans = SPANS[id(guard)]
    pieces = data.draw(st.lists(st.sampled_from([*CLEAN, *(f" {span} " for span in spans)]), max_size=8))
    text = "".join(pieces)
    through = window(guard, name)
    said = []
    for piece in cut(text, cuts):
        said.append(through.feed(piece))
        assert len(through.held.encode()) <= WINDOW
    whole = "".join(said) + through.flush()
    assert not any(span in whole for span in spans)
    found = guard.inspect(Segment("output", text.encode()))
    raw, expected, at = text.encode(), b"", 0
    for each in found:
        expected, at = expected + raw[at : each.start] + b"[%b]" % each.kind.encode(), each.end
    assert whole == (expected + raw[at:]).decode()


@pytest.mark.parametrize("name", GUARDS)
def test_every_cut_of_one_span(name: str) -> None:
    for span in SPANS[id(GUARDS[name])]:
        text = f"well, {span} it is"
        for at in range(len(text) + 1):
            through = window(GUARDS[name], name)
            said = through.feed(text[:at])
            assert not any(said.endswith(span[:size]) for size in range(2, len(span) + 1)), said
            said += through.feed(text[at:]) + through.flush()
            assert span not in said and said.startswith("well, [") and said.endswith("] it is")


def test_byte_by_byte_a_block_lets_nothing_of_it_out() -> None:
    guard = words.GUARD.build(GuardFacts("w", "words", words=("night train",)))
    through, said = window(guard, "words"), ""
    with pytest.raises(Stopped) as stopped:
        for letter in "on the night train, at nine":
            said += through.feed(letter)
    assert said == "on the "
    assert "night" not in str(stopped.value)


@given(st.text("abc ,.", max_size=60))
def test_text_in_which_nothing_begins_is_not_delayed(text: str) -> None:
    through = window(WORDS, "words")
    assert through.feed(text) == text and through.held == ""


def test_what_is_longer_than_the_window_is_taken_out_to_its_end() -> None:
    block = "-----BEGIN PRIVATE KEY-----\n" + "Mk9x" * 500 + "\n-----END PRIVATE KEY"
    through = window(SECRETS, "secrets")
    said = "".join(through.feed(letter) for letter in f"it is {block}-----, ok") + through.flush()
    assert said.startswith("it is [SECRET]") and said.endswith("-----, ok") and "Mk9x" not in said


def test_an_escape_inside_json_hides_nothing() -> None:
    text = '{"a": "x\\nnight train\\tnow"}'
    for at in range(len(text)):
        through = window(WORDS, "words", in_json=True)
        said = through.feed(text[:at]) + through.feed(text[at:]) + through.flush()
        assert said == '{"a": "x\\n[WORD]\\tnow"}'


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"a": "the \\u006eight train"}', '{"a": "the [WORD]"}'),
        ('{"a": "the \\u00e9t\\u00e9"}', '{"a": "the [WORD]"}'),
        ('{"a": "\\u003enight\\u0020train\\u003c"}', '{"a": "\\u003e[WORD]\\u003c"}'),
        ('{"a": "{\\"b\\": \\"\\\\nnight\\\\u0020train\\"}"}', '{"a": "{\\"b\\": \\"\\\\n[WORD]\\"}"}'),
        ('{"a": "C:\\\\night train"}', '{"a": "C:\\\\[WORD]"}'),
        ('{"a": "\\ud83d\\ude82night train"}', '{"a": "\\ud83d\\ude82[WORD]"}'),
    ],
    ids=["a letter", "beyond ASCII", "brackets", "deeper", "a backslash", "a pair"],
)
def test_wherever_an_escape_is_cut_what_it_says_is_seen(text: str, left: str) -> None:
    for at in range(len(text)):
        for then in range(at, min(len(text), at + 8)):
            through = window(WORDS, "words", in_json=True)
            said = through.feed(text[:at]) + through.feed(text[at:then]) + through.feed(text[then:])
            assert said + through.flush() == left
    through = window(WORDS, "words", in_json=True)
    assert "".join(map(through.feed, text)) + through.flush() == left


def test_words_with_backslashes_are_looked_at_both_ways() -> None:
    for text, left in (
        ("see C:\\team\\night train now", "see C:\\team\\[WORD] now"),
        ('so: {"a": "\\u006eight train"}', 'so: {"a": "[WORD]"}'),
    ):
        for at in range(len(text)):
            through = window(WORDS, "words")
            assert through.feed(text[:at]) + through.feed(text[at:]) + through.flush() == left


def test_half_an_escape_is_held_and_a_glance_does_not_pass_it() -> None:
    glancing = Window(lambda text: [], OPENS["words"], NOTHING, in_json=False, skim=SKIMS["words"])
    assert glancing.feed("it is \\u00") == "it is " and glancing.held == "\\u00"
    assert glancing.glance(b"e9t", 3) is None
    assert glancing.feed("e9") + glancing.flush() == "\\u00e9"


def test_each_finding_is_told_once() -> None:
    told: list[str] = []
    through = window(PII, "pii", note=lambda finding: told.append(finding.kind))
    for letter in "write to a@b.example or c@d.example now":
        through.feed(letter)
    through.flush()
    assert told == ["EMAIL", "EMAIL"]


SKIMS = {name: FormSkim(guard.partial) for name, guard in GUARDS.items()}


@pytest.mark.parametrize("name", GUARDS)
@given(data=st.data(), cuts=st.lists(st.integers(0, 900), max_size=20), tail=st.integers(0, 400))
def test_a_glance_says_what_a_whole_look_says(name: str, data: st.DataObject, cuts: Cut, tail: int) -> None:
    guard = GUARDS[name]
    spans = SPANS[id(guard)]
    text = "".join(data.draw(st.lists(st.sampled_from([*CLEAN, *spans]), max_size=8)))

    def inspect(text: bytes) -> list[Finding]:
        return list(guard.inspect(Segment("output", text)))

    plain = Window(inspect, OPENS[name], NOTHING, in_json=False)
    glancing = Window(inspect, OPENS[name], NOTHING, in_json=False, skim=SKIMS[name])
    for piece in cut(text, cuts):
        raw = piece.encode()
        glanced = glancing.glance(raw, tail) if raw else None
        if glanced is None:
            said = glancing.feed(piece)
        else:
            before, late = glanced
            assert late <= tail
            said = (before + raw[: len(raw) - late]).decode()
        assert (said, glancing.held) == (plain.feed(piece), plain.held)
    assert glancing.flush() == plain.flush()


def test_a_glance_is_enough_for_calm_words() -> None:
    window = Window(
        lambda text: pytest.fail("was inspected"),
        OPENS["secrets"],
        NOTHING,
        in_json=False,
        skim=SKIMS["secrets"],
    )
    said = b""
    for word in (b"The", b" trains", b" run", b" every", b" hour."):
        before, late = window.glance(word, len(word)) or (b"", 0)
        said += before + word[: len(word) - late]
    assert said + window.held.encode() == b"The trains run every hour."


class Unasked:
    """Knows how long what it looks for is, and is not to be asked more."""

    shortest = SKIMS["secrets"].shortest

    def seen(self, document: bytes) -> None:
        pytest.fail("was asked")

    def absent(self, text: bytes) -> bool:
        raise LookupError


def test_words_shorter_than_all_that_is_looked_for_are_not_looked_through() -> None:
    window = Window(lambda text: [], OPENS["secrets"], NOTHING, in_json=False, skim=Unasked())
    assert window.glance(b"The trains ", 11) == (b"", 0) and window.glance(b"run", 3) == (b"", 3)
    with pytest.raises(
        LookupError
    ):  # the end of a letter, of which a form may be made that is drawn otherwise
        window.glance(b" \xe2\x80\x94, ", 6)
    with pytest.raises(LookupError):
        window.glance(b" every hour ", 12)


def test_bytes_that_are_no_letters_are_not_held() -> None:
    window = Window(lambda text: [], OPENS["pii"], NOTHING, in_json=False, skim=SKIMS["pii"])
    assert window.glance(b"a \xff, \n", 9) == (b"", 0)
    assert window.glance(b"mail b\xffb", 9) is None and window.held == ""
