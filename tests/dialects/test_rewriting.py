"""A stream whose texts are changed says else what it said before, in every format, however it is cut."""

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kinds import Operation
from dialects import json_strings
from dialects.answer import (
    Answer,
    Counted,
    Delta,
    Finish,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Text, Thinking, ToolCall
from dialects.deltas import gather
from dialects.dialect import Dialect, Reply
from dialects.errors import Malformed
from dialects.rewriting import Rewriting
from dialects.spots import SPOTS, Spot
from dialects.usage import Usage
from gateway.formats import SPOKEN

TALKING = [each for each in SPOKEN if SPOKEN[each].name in SPOTS and not each.counts]
THINKS = frozenset(TALKING) - {Operation.COMPLETIONS}
REPLY = Reply("id", 1, "model")


class Late:
    """Says everything in capitals, and each time holds the last character back."""

    def __init__(self) -> None:
        self.held = ""

    def feed(self, piece: str) -> str:
        text = self.held + piece
        self.held = text[-1:]
        return text[:-1].upper()

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        return None

    def flush(self) -> str:
        held, self.held = self.held, ""
        return held.upper()


class Capitals:
    """Texts that come whole, in capitals where they are to be read."""

    def event(self, document: bytes) -> bytes:
        edits = []
        for place in json_strings.texts(document):
            if place.key in (b"text", b"arguments", b"content", b"delta"):
                said = json_strings.read(document, place).decode("utf-8", "surrogatepass").upper()
                raw = json_strings.write(said.encode("utf-8", "surrogatepass"))
                edits.append((place.start, place.end, raw))
        return json_strings.splice(document, edits) if edits else document

    @property
    def unsaid(self) -> bool:
        return False

    def untouched(self, event: bytes) -> bool:
        return False

    def quiet(self, event: bytes) -> bool:
        return False


def rewriting(dialect: Dialect) -> Rewriting:
    def make(spot: Spot) -> Late:
        return Late()

    return Rewriting(dialect.framing, SPOTS[dialect.name], Capitals(), make)


def written(dialect: Dialect, deltas: list[Delta]) -> list[bytes]:
    """What the format says of each delta, and its end."""
    writer = dialect.writer(REPLY)
    return [*(writer.write([delta]) for delta in deltas), writer.end()]


def read(dialect: Dialect, data: bytes) -> Answer:
    events, rest = dialect.framing.split(data, 0)
    assert rest.strip() in (b"", b"]")
    reader = dialect.reader()
    deltas = [delta for event in events for delta in reader.read(event)]
    return gather([*deltas, *reader.end()], dialect.name)


def said(answer: Answer) -> list[tuple[str, str]]:
    """The texts of an answer by sort; pieces of one text that stand beside one another are one."""
    found: list[tuple[str, str]] = []
    for choice in answer.choices:
        for part in choice.parts:
            match part:
                case Text() | Thinking():
                    found.append((type(part).__name__, part.text))
                case ToolCall():
                    found.append(("ToolCall", json.dumps(json.loads(part.arguments))))
    return sorted(found)


def capitals(texts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(kind, words.upper()) for kind, words in texts]


WORDS = st.text("ab {", min_size=1, max_size=8)
PIECES = st.lists(WORDS, min_size=1, max_size=5)


@pytest.mark.parametrize("operation", TALKING)
@given(text=PIECES, thought=PIECES, called=st.booleans(), joined=st.booleans())
def test_texts_are_changed_and_complete(
    operation: Operation, text: list[str], thought: list[str], called: bool, joined: bool
) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    deltas: list[Delta] = [Started("id", "model", 1)]
    thinks = operation in THINKS
    deltas += [ThinkingDelta(each, part=0) for each in thought if thinks]
    deltas += [TextDelta(each, part=1) for each in text]
    called = called and thinks
    arguments = ['{"a', '": "b', 'c"}']
    if called:
        deltas.append(ToolStarted("call_1", "f", part=2))
        deltas += [ToolDelta(each, part=2) for each in arguments]
    deltas += [Finished(Finish("tool_calls" if called else "stop")), Counted(Usage(input=1, output=2))]
    pieces = written(dialect, deltas)
    changed = rewriting(dialect)
    out = b"".join(map(changed.feed, [b"".join(pieces)] if joined else pieces)) + changed.end()
    before, after = read(dialect, b"".join(pieces)), read(dialect, out)
    assert capitals(said(after)) == capitals(said(before))
    assert all(words == words.upper() for kind, words in said(after) if kind != "ToolCall")
    assert [each.finish for each in after.choices] == [each.finish for each in before.choices]
    assert (after.usage, after.id, after.model) == (before.usage, before.id, before.model)


def test_choices_that_alternate_do_not_mix() -> None:
    dialect = cast(Dialect, SPOKEN[Operation.CHAT])
    deltas: list[Delta] = [Started("id", "model", 1)]
    deltas += [TextDelta(letter, choice=at) for letter in "abc" for at in (0, 1)]
    deltas += [Finished(Finish("stop"), 1), TextDelta("d", choice=0), Finished(Finish("stop"), 0)]
    changed = rewriting(dialect)
    answer = read(dialect, changed.feed(b"".join(written(dialect, deltas))) + changed.end())
    assert [choice.parts for choice in answer.choices] == [(Text("ABCD"),), (Text("ABC"),)]


def test_events_are_numbered_on_where_others_were_put_in() -> None:
    dialect = cast(Dialect, SPOKEN[Operation.RESPONSES])
    said = [TextDelta(each) for each in ("ab", "cd", "ef", "gh")]
    deltas: list[Delta] = [Started("id", "model", 1), *said, Finished(Finish("stop"))]
    changed = rewriting(dialect)
    out = changed.feed(b"".join(written(dialect, [*deltas, Counted(Usage())])))
    numbers = [json.loads(line[6:])["sequence_number"] for line in out.splitlines() if line[:6] == b"data: "]
    assert numbers == list(range(len(numbers))) or numbers == list(range(1, len(numbers) + 1))
    assert [each.parts for each in read(dialect, out).choices] == [(Text("ABCDEFGH"),)]


@pytest.mark.parametrize("operation", [each for each in TALKING if SPOKEN[each].name != "bedrock_converse"])
def test_a_vendor_may_cut_between_the_halves_of_a_letter(operation: Operation) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    deltas: list[Delta] = [Started("id", "model", 1), *map(TextDelta, ("ab", "cX", "Ye", "fg"))]
    deltas.append(Finished(Finish("stop")))
    changed, out = rewriting(dialect), b""
    for piece in written(dialect, deltas):
        out += changed.feed(piece.replace(b'"cX"', b'"c\\ud83d"').replace(b'"Ye"', b'"\\ude80e"'))
    out += changed.end()
    found = SPOTS[dialect.name].find
    events = [
        json.loads(event[event.index(b"{") : event.rindex(b"}") + 1])
        for event in dialect.framing.split(out, 0)[0]
        if b"{" in event
    ]
    words = "".join(spot.holder[spot.key] for event in events for spot in found(event))
    assert words.encode("utf-16", "surrogatepass").decode("utf-16") == "ABC\N{ROCKET}EFG"


def test_a_stream_that_is_not_touched_passes_byte_for_byte() -> None:
    class Nothing(Capitals):
        def untouched(self, event: bytes) -> bool:
            return True

    changed = Rewriting(
        SPOKEN[Operation.CHAT].framing,  # type: ignore[attr-defined]
        SPOTS["openai_chat"],
        Nothing(),
        lambda channel, in_json: Late(),
    )
    assert changed.feed(b"data:  {odd}\r\n\r\n") == b"data:  {odd}\r\n\r\n" and changed.end() == b""


def test_unknown_members_survive() -> None:
    event = (
        b'data: {"choices":[{"index":0,"delta":{"content":"ab","new":[1.50,null]},"x":1}],"y":{"z":2}}\n\n'
    )
    changed = rewriting(cast(Dialect, SPOKEN[Operation.CHAT]))
    out = changed.feed(event)
    expected = json.loads(event[6:])
    expected["choices"][0]["delta"]["content"] = "A"
    assert json.loads(out[6:]) == expected
    assert json.loads(changed.end()[6:])["choices"][0]["delta"] == {"content": "B"}


def _content(text: str, **more: object) -> bytes:
    return json.dumps({"choices": [{"index": 0, "delta": {"content": text}, **more}]}).encode()


def _contents(out: bytes) -> str:
    found = SPOTS["openai_chat"].find
    lines = [line[6:] for line in out.replace(b"\r", b"\n").split(b"\n") if line.startswith(b"data: {")]
    return "".join(spot.holder[spot.key] for line in lines for spot in found(json.loads(line)))


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r", b"\r\n\r"])
@pytest.mark.parametrize("last", [b"data: [DONE]", b"data: [DONE] "])
def test_events_may_end_in_every_way_that_lines_may(end: bytes, last: bytes) -> None:
    changed = rewriting(cast(Dialect, SPOKEN[Operation.CHAT]))
    pieces = [b"data: " + _content(text) + end for text in ("ab", "cd", "ef")]
    out = b"".join(map(changed.feed, [*pieces, last + end])) + changed.end()
    assert _contents(out) == "ABCDEF"
    assert out.endswith(last + end)


@pytest.mark.parametrize("lacks", [1, 2])
def test_the_last_event_may_lack_its_end(lacks: int) -> None:
    changed = rewriting(cast(Dialect, SPOKEN[Operation.CHAT]))
    out = changed.feed((b"data: " + _content("ab", finish_reason="stop") + b"\n\n")[:-lacks])
    assert _contents(out) == "AB" and changed.end() == b""
    assert out[-1:] == b"}" if lacks == 2 else out[-2:] == b"}\n"
    out = changed.feed((b"data: " + _content("cd") + b"\n\n")[:-lacks]) + changed.end()
    assert _contents(out) == "CD"


def test_the_last_line_may_lack_its_end() -> None:
    changed = rewriting(cast(Dialect, SPOKEN[Operation.OLLAMA_CHAT]))
    out = changed.feed(b'{"message":{"content":"ab"},"done":false}') + changed.end()
    assert [json.loads(line)["message"]["content"] for line in out.splitlines()] == ["A", "B"]
    out = changed.feed(b'{"message":{"content":"ab"},"done":true}')
    assert json.loads(out)["message"]["content"] == "AB" and out.endswith(b"}")


@pytest.mark.parametrize(
    ("before", "after"), [(b'"y"', b"-Infinity"), (b'"y"', b"NaN"), (b'"y"', b"1e999"), (b"y", b"\xff")]
)
def test_an_event_that_is_no_strict_json_is_changed_too(before: bytes, after: bytes) -> None:
    changed = rewriting(cast(Dialect, SPOKEN[Operation.CHAT]))
    out = changed.feed(b"data: " + _content("ab", x="y").replace(before, after) + b"\n\n") + changed.end()
    assert _contents(out) == "AB"


def test_a_byte_that_is_no_letter_does_not_end_a_stream_whose_form_is_known() -> None:
    changed = rewriting(cast(Dialect, SPOKEN[Operation.CHAT]))
    pieces = [b"data: " + _content(text) + b"\n\n" for text in ("ab", "cd", "eXf", "gh")]
    out = b"".join(changed.feed(piece.replace(b"X", b"\xff")) for piece in pieces) + changed.end()
    assert _contents(out) == "ABCDE\N{REPLACEMENT CHARACTER}FGH"


def test_what_is_no_json_passes_only_where_nobody_is_to_look_at_it() -> None:
    chat, odd = cast(Dialect, SPOKEN[Operation.CHAT]), b'data: {"choices": [\n\n'
    assert rewriting(chat).feed(odd) == odd
    strict = Rewriting(chat.framing, SPOTS[chat.name], Capitals(), lambda spot: Late(), strict=True)
    for passes in (b": comment\n\n", b"data: [DONE]\n\n", b"data: 1\n\n"):
        assert strict.feed(passes) == passes
    with pytest.raises(Malformed):
        strict.feed(odd)


def test_texts_of_an_event_without_an_object_are_looked_at() -> None:
    class Loud(Capitals):
        def event(self, document: bytes) -> bytes:
            return document.upper()

    chat = cast(Dialect, SPOKEN[Operation.CHAT])
    changed = Rewriting(chat.framing, SPOTS[chat.name], Loud(), lambda spot: Late())
    assert changed.feed(b'data: "ab"\n\n') == b'data: "AB"\n\n'
    assert changed.feed(b'data: ["ab"]\n\n') == b'data: ["AB"]\n\n'


def test_a_call_beside_a_text_is_called_once() -> None:
    changed = rewriting(cast(Dialect, SPOKEN[Operation.GENERATE_CONTENT]))
    parts = [{"text": "ab"}, {"functionCall": {"name": "f", "args": {}}}]
    out = changed.feed(
        b"data: " + json.dumps({"candidates": [{"content": {"parts": parts}}]}).encode() + b"\n\n"
    )
    assert json.loads(out[6:])["candidates"][0]["content"]["parts"] == [{"text": "AB"}, parts[1]]
    assert changed.feed(b'data: {"candidates":[{"finishReason":"STOP"}]}\n\n').count(b"data:") == 1


def test_pieces_of_one_text_in_one_event_are_one_text_to_its_end() -> None:
    changed = rewriting(cast(Dialect, SPOKEN[Operation.GENERATE_CONTENT]))
    candidate = {"content": {"parts": [{"text": "ab"}, {"text": "cd"}]}, "finishReason": "STOP"}
    out = changed.feed(b"data: " + json.dumps({"candidates": [candidate]}).encode() + b"\n\n")
    parts = json.loads(out[6:])["candidates"][0]["content"]["parts"]
    assert [part["text"] for part in parts] == ["A", "BCD"]


def test_what_says_a_text_again_in_pieces_is_left_out_and_a_tools_own_words_are_not() -> None:
    class Unsaid(Capitals):
        @property
        def unsaid(self) -> frozenset[str]:
            return frozenset(["logprobs"])

    chat = cast(Dialect, SPOKEN[Operation.CHAT])
    changed = Rewriting(chat.framing, SPOTS[chat.name], Unsaid(), lambda spot: Late())

    def through(said: object) -> Any:
        return json.loads(changed.feed(b"data: " + json.dumps(said).encode() + b"\n\n")[6:])

    assert through({"logprobs": [1], "x": {"logprobs": {"y": 1}}}) == {
        "logprobs": [],
        "x": {"logprobs": None},
    }
    empty = b'data: {"logprobs": [], "x": {"logprobs": null}}\n\n'
    assert changed.feed(empty) == empty
    call = {"functionCall": {"name": "f", "args": {"logprobs": 5}}}
    assert through({"x": call, "text": "a"}) == {"x": call, "text": "A"}


def test_arguments_that_come_in_pieces_are_changed_to_their_end_and_called_once() -> None:
    changed = rewriting(cast(Dialect, SPOKEN[Operation.GENERATE_CONTENT]))

    def calls(**call: object) -> list[Any]:
        said = {"candidates": [{"content": {"parts": [{"functionCall": call}]}}]}
        out = changed.feed(b"data: " + json.dumps(said).encode() + b"\n\n")
        events = [json.loads(line[6:]) for line in out.splitlines() if line]
        return [event["candidates"][0]["content"]["parts"][0]["functionCall"] for event in events]

    piece = {"jsonPath": "$.a", "stringValue": "ab", "willContinue": True}
    (first,) = calls(name="f", id="i", partialArgs=[piece], willContinue=True)
    assert first["partialArgs"] == [{**piece, "stringValue": "A"}]
    assert calls() == [{"partialArgs": [{**piece, "stringValue": "B"}], "willContinue": True}, {}]
    (whole,) = calls(name="g", partialArgs=[piece])
    assert whole["partialArgs"] == [{**piece, "stringValue": "AB"}]
