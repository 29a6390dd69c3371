"""What one look at a document says of it: guards find there what they find without it."""

import base64
import json
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import GuardFacts
from guardrails.bodies import Body
from guardrails.forms import FormGuard
from guardrails.guard import Finding, Segment
from guardrails.guards import pii, secrets, words
from guardrails.skimming import SKIM, FormSkim, skimmable

GUARDS = [guard.GUARD.build(GuardFacts(name, name)) for name, guard in (("pii", pii), ("secrets", secrets))]
PATTERNS = [pattern for guard in GUARDS if isinstance(guard, FormGuard) for pattern in guard.rules.patterns]
LOOK = SKIM.build(PATTERNS)
TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
PIECES = st.sampled_from(
    [
        *(
            "ann@night-train.example",
            "4111 1111 1111 1111",
            TOKEN,
            "api_key",
            " = ",
            ":",
            "\n",
            "\t",
            '"',
            "/",
        ),
        *("\\", "é", "\u0007", "ghp_", "16C7e42F292c6912E7710c838347Ae178B4a", "@", "night-train.example"),
        *("-----BEGIN PRIVATE KEY-----", "born ", "1970-01-02", "+1 212 555 0187", " ", "word", "QUJD" * 20),
        *(
            "data:text/plain;base64,",
            "YW5uQG5pZ2h0LXRyYWluLmV4YW1wbGUg" * 3,
            "password",
            "hunter2horse9!",
            "10.1.2.3",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
DOCUMENTS = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=5
)


def found(document: bytes, seen: Collection[str] | None = None) -> list[Finding]:
    segment = Segment("input", Body.of(document).joined, seen)
    return [each for guard in GUARDS for each in guard.inspect(segment)]


@given(document=DOCUMENTS, ascii_only=st.booleans(), twice=st.booleans(), spaced=st.booleans())
def test_what_guards_find_is_the_same_after_one_look(
    document: object, ascii_only: bool, twice: bool, spaced: bool
) -> None:
    separators = (", ", ": ") if spaced else (",", ":")
    if twice:
        document = {"arguments": json.dumps(document, ensure_ascii=ascii_only)}
    raw = json.dumps(document, ensure_ascii=ascii_only, separators=separators).encode()
    for body in (raw, raw.replace(b"/", b"\\/")):
        assert LOOK is not None
        seen = LOOK.seen(body)
        if seen is not None:
            assert found(body, seen) == found(body)
            assert seen or not found(body)


# What may stand beside a text is a line end for patterns, and a quote in a document.
BESIDE = {
    "spaced": r"\skey\s",
    "lined": r"\nkey",
    "raw": "key\n",
    "classed": r"[\t-\r]key",
    "posix": "[[:space:]]key",
    "numbered": r"\x{0a}key\x0a",
    "unquoted": '[^"]key[^"]',
    "quoted": '"key"',
    "named": 'key":"word',
}
FEW = st.lists(st.sampled_from(["key", "word", "\n", " ", '"', ":"]), max_size=3).map("".join)


@given(document=st.lists(FEW | st.dictionaries(FEW, FEW, max_size=2), max_size=3), spaced=st.booleans())
@pytest.mark.parametrize("pattern", BESIDE.values(), ids=BESIDE.keys())
def test_what_stands_beside_a_text_is_found_after_one_look(
    pattern: str, document: object, spaced: bool
) -> None:
    guard = words.GUARD.build(GuardFacts("own", "words", patterns={"own": pattern}))
    assert isinstance(guard, FormGuard)
    look = FormSkim(guard.rules.patterns)
    said = json.dumps(document, ensure_ascii=False, separators=(", ", ": ") if spaced else (",", ":"))
    seen, joined = look.seen(said.encode()), Body.of(said.encode()).joined
    assert seen is None or seen or not guard.inspect(Segment("input", joined))


def test_patterns_with_quoted_parts_are_left_to_a_full_look() -> None:
    assert not skimmable([r"\Qa\nb\E"])


@pytest.mark.parametrize("lines", [60, 76])
def test_base64_in_lines_is_read_one_by_one(lines: int) -> None:
    assert LOOK is not None
    code = base64.encodebytes(b"no letter of this is to be seen" * 5).replace(b"\n", b"").decode()
    parted = "\n".join(code[at : at + lines] for at in range(0, len(code), lines))
    assert LOOK.seen(json.dumps({"content": parted}).encode()) is None


@pytest.mark.parametrize(
    ("document", "far"),
    [
        (b'{"password" : "hunter2horse9!"}', True),
        (b'{"password":\n  "hunter2horse9!"}', True),
        (b'{"password":"\\"a\\": \\"b\\""}', False),
        (b'{"password": "next"}', False),
    ],
)
def test_a_name_that_stands_far_from_what_it_names_is_read_in_full(document: bytes, far: bool) -> None:
    assert LOOK is not None
    assert (LOOK.seen(document) is None) is far


@pytest.mark.parametrize(
    ("document", "clean"),
    [
        ({"messages": [{"role": "user", "content": "When is the next train?"}]}, True),
        ({"content": 'He said "now"\nand\tleft / at once.'}, True),
        ({"content": f"the token is {TOKEN}"}, False),
        ({"content": "line\nann@night-train.example"}, False),
        ({"content": "a letter as a number: \u0007"}, False),
        ({"content": "one \\ two"}, False),
        ({"content": "QUJD" * 16}, False),
        ({"content": "QUJD" * 15}, True),
        ({"content": "one two " * 10_000}, False),  # that is left to a thread
        (
            {"not in a string": 1_700_000_000, "id": "chatcmpl-9x"},
            False,
        ),  # a number outside of strings may be a phone's
    ],
)
def test_what_one_look_says(document: object, clean: bool) -> None:
    assert LOOK is not None
    assert (LOOK.seen(json.dumps(document).encode()) == ()) is clean


@pytest.mark.parametrize(
    ("pattern", "may"),
    [
        (r"\bkey-[0-9a-f]{32}", True),
        (r"[^a]x[$^]", True),
        (r"cost \$[0-9]+", True),
        (r"^key", False),
        (r"key$", False),
        (r"\Akey", False),
        (r"(?:^|\s)key", False),
    ],
)
def test_what_asks_for_an_end_of_a_text_cannot_be_looked_for_so(pattern: str, may: bool) -> None:
    assert skimmable([pattern]) is may


def test_the_usual_guards_can_be_looked_for_so() -> None:
    assert skimmable(PATTERNS)


def test_what_takes_long_to_look_at_is_left_to_others() -> None:
    ticks = iter(range(1000))
    slow, quick = FormSkim(PATTERNS, lambda: float(next(ticks))), FormSkim(PATTERNS, lambda: 0.0)
    document = json.dumps({"content": "the next train " * 400}).encode()
    assert (slow.seen(document), quick.seen(document)) == (None, ())
