"""Events are known again by their bytes, and no others are taken for them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.moulds import Mould, number_in, spread
from dialects.spots import SPOTS

CHAT: dict[str, Any] = {
    "id": "chatcmpl-1",
    "choices": [{"index": 0, "delta": {"content": "Hi", "refusal": None}, "finish_reason": None}],
    "obfuscation": "aB3",
}
RESPONSES = {
    "type": "response.output_text.delta",
    "sequence_number": 9,
    "item_id": "msg_1",
    "delta": "Hi",
    "logprobs": [],
}
MESSAGES = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}
GEMINI = {
    "candidates": [{"content": {"parts": [{"text": "Hi"}], "role": "model"}}],
    "usageMetadata": {"promptTokenCount": 8, "totalTokenCount": 9},
}
FORMATS = [
    ("openai_chat", CHAT),
    ("openai_responses", RESPONSES),
    ("anthropic_messages", MESSAGES),
    ("gemini", GEMINI),
]


def event(said: Any, *, ascii_only: bool = False, spaced: bool = False) -> bytes:
    separators = (", ", ": ") if spaced else (",", ":")
    return f"data: {json.dumps(said, ensure_ascii=ascii_only, separators=separators)}\n\n".encode(
        "utf-8", "surrogatepass"
    )


def saying(said: Any, text: str) -> Any:
    return json.loads(json.dumps(said).replace('"Hi"', json.dumps(text)))


def mould_of(name: str, said: Any, raw: bytes) -> Mould:
    (spot,) = SPOTS[name].find(said)
    found = Mould.of(raw, spot, "Hi")
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "said"), FORMATS, ids=[name for name, _ in FORMATS])
@given(
    text=st.text(max_size=12), ascii_only=st.booleans(), spaced=st.booleans(), number=st.integers(0, 10**6)
)
def test_what_an_event_says_is_what_reading_it_says(
    name: str, said: Any, text: str, ascii_only: bool, spaced: bool, number: int
) -> None:
    mould = mould_of(name, said, event(said, ascii_only=ascii_only, spaced=spaced))
    other = saying(said, text)
    if "sequence_number" in other:
        other["sequence_number"] = number
    if "obfuscation" in other:
        other["obfuscation"] = "x" * (number % 17)
    if "usageMetadata" in other:
        other["usageMetadata"]["totalTokenCount"] = number
    raw = event(other, ascii_only=ascii_only, spaced=spaced)
    piece = mould.piece(raw)
    assert piece is not None and piece.text == text
    assert json.loads(raw[piece.start - 1 : piece.end + 1]) == text
    if mould.numbered:
        assert number_in(raw) == number


@pytest.mark.parametrize(
    "other",
    [
        {**CHAT, "id": "chatcmpl-2"},
        {**CHAT, "obfuscation": "x" * 17},  # that may be a text
        {**CHAT, "obfuscation": "a b"},
        {**CHAT, "more": "text"},
        {**CHAT, "choices": [{**CHAT["choices"][0], "index": 1}]},
        {**CHAT, "choices": [{**CHAT["choices"][0], "finish_reason": "stop"}]},
        {**CHAT, "choices": [{**CHAT["choices"][0], "delta": {"content": "Hi", "refusal": "No"}}]},
    ],
)
def test_an_event_that_differs_elsewhere_has_to_be_read(other: Any) -> None:
    mould = mould_of("openai_chat", CHAT, event(CHAT))
    assert mould.piece(event(CHAT)) is not None
    assert mould.piece(event(other)) is None
    assert mould.piece(event(CHAT) + event(CHAT)) is None
    assert mould.piece(event(CHAT)[:-3]) is None


@pytest.mark.parametrize(
    "raw",
    [
        b'data: {"choices":[{"delta":{"content":"Hi","content":"Hi"}}]}\n\n',
        b'data: {"choices":[{"delta":{"content":"Ho"}}]}\n\n',
        b'data: {"choices":[{"delta":{"cont\\u0065nt":"Hi"}}]}\n\n',
    ],
)
def test_where_it_is_not_plain_which_bytes_are_the_piece_there_is_no_mould(raw: bytes) -> None:
    (spot,) = SPOTS["openai_chat"].find(CHAT)
    assert Mould.of(raw, spot, "Hi") is None


@given(
    words=st.lists(st.text('ab"é', max_size=4), min_size=1, max_size=5),
    before=st.text("xy", max_size=3),
    cut=st.integers(0, 20),
    other=st.booleans(),
)
def test_what_is_said_is_spread_over_the_events_that_said_it(
    words: list[str], before: str, cut: int, other: bool
) -> None:
    mould = mould_of("openai_chat", CHAT, event(CHAT))
    events = [event(saying(CHAT, word)) for word in words]
    pieces = [piece for each in events if (piece := mould.piece(each)) is not None]
    assert [piece.text for piece in pieces] == words
    whole = before + "".join(words)
    said = "[MASKED]" if other else whole[: len(whole) - cut] if cut < len(whole) else ""
    out = spread(said, before, events, pieces)
    heard = [json.loads(each[6:])["choices"][0]["delta"]["content"] for each in out.split(b"\n\n")[:-1]]
    assert "".join(heard) == said and len(heard) == len(words)
    if not before and not cut and not other:
        assert out == b"".join(events)


PLAIN = {name: value for name, value in CHAT.items() if name != "obfuscation"}
PIECES = st.one_of(st.sampled_from(["", "a", '"', "\n", "\\", '"}}]}', "é"]), st.text(max_size=8))


@given(st.lists(st.tuples(PIECES, st.sampled_from([0, 0, 0, 1])), min_size=1, max_size=12))
def test_as_many_are_counted_as_say_a_piece_of_the_same_text_plainly(said: list[tuple[str, int]]) -> None:
    mould = mould_of("openai_chat", PLAIN, event(PLAIN))
    choice = PLAIN["choices"][0]
    events = [
        event(saying({**PLAIN, "choices": [{**choice, "index": index}]}, piece)) for piece, index in said
    ]
    expected = 0
    for (piece, index), raw in zip(said, events, strict=True):
        if index or "\\" in json.dumps(piece, ensure_ascii=False):
            break
        assert mould.piece(raw) is not None
        expected += 1
    assert mould.count(events) == expected


def test_none_are_counted_where_more_than_the_piece_varies() -> None:
    assert mould_of("openai_responses", RESPONSES, event(RESPONSES)).count([event(RESPONSES)] * 3) == 0


def test_a_piece_that_is_not_utf_8_has_to_be_read() -> None:
    raw = event(CHAT)
    mould = mould_of("openai_chat", CHAT, raw)
    assert mould.piece(raw) is not None
    assert mould.piece(raw.replace(b"Hi", b"H\xffi")) is None
