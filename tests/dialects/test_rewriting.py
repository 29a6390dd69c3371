"""A stream whose texts are changed says else what it said before, in every format, however it is cut."""

import json
from typing import cast

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
    assert json.loads(changed.end()[6:])["choices"][0]["delta"] == {"content": "B", "new": [1.5, None]}
