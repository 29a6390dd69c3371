"""What a request masked comes back in its answer, in every format, wherever the vendor cuts it."""

import json
from typing import Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import GuardFacts
from config.kinds import Operation
from dialects.answer import (
    Answer,
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
from dialects.deltas import gather, scatter
from dialects.dialect import Dialect, Reply
from dialects.spots import SPOTS
from gateway.errors import Blocked, GuardFailed
from gateway.formats import SPOKEN
from gateway.frames import Head
from gateway.guardrails.cordons import Post
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import ShieldedSink
from guardrails.ends import OPENINGS
from guardrails.guard import Finding, Guard, Segment, Stage
from guardrails.guards import pii, secrets, words
from guardrails.placeholders import Placeholders
from guardrails.restoring import Issued
from guardrails.skimming import FormSkim

TALKING = [each for each in SPOKEN if SPOKEN[each].name in SPOTS and not each.counts]
VALUE = 'o"brien\\x@acme.example, né\n'
WITHOUT_TOOLS = (Operation.COMPLETIONS, Operation.OLLAMA_GENERATE)
PLACES = Placeholders(b"k", "team")
NAME = PLACES.of("EMAIL", VALUE.encode())


class Caller:
    """A sink that keeps what it is given."""

    paused = False

    def __init__(self) -> None:
        self.body = b""
        self.pieces: list[bytes] = []
        self.ended = False

    def begin(self, head: Head, data: bytes) -> None:
        self.write(data)

    def hold(self, head: Head, data: bytes) -> None:
        self.write(data)

    def write(self, data: bytes) -> None:
        self.body += data
        self.pieces.append(data)

    def end(self) -> None:
        self.ended = True

    async def drained(self) -> None:
        pass


def through(operation: Operation, pieces: list[bytes], *, whole: bool) -> Caller:
    caller, issued = Caller(), Issued(PLACES.values)
    shield = Shield(cast(Dialect, SPOKEN[operation]), issued)
    sink = ShieldedSink(shield, caller, lambda issued: None)
    sink.begin(Head(b"", whole), pieces[0])
    for piece in pieces[1:]:
        sink.write(piece)
    sink.end()
    assert caller.ended
    return caller


def texts(answer: Answer) -> dict[str, str]:
    found: dict[str, str] = {}
    for choice in answer.choices:
        for part in choice.parts:
            name = type(part).__name__
            if isinstance(part, Text | Thinking):
                found[name] = found.get(name, "") + part.text
            elif isinstance(part, ToolCall):
                found[name] = json.loads(part.arguments)
    return found


def cut(text: str, at: list[int]) -> list[str]:
    marks = sorted({min(mark, len(text)) for mark in at})
    return [text[a:b] for a, b in zip([0, *marks], [*marks, len(text)], strict=True)]


@pytest.mark.parametrize("operation", TALKING)
@given(cuts=st.lists(st.integers(0, 60), max_size=6))
def test_in_streams(operation: Operation, cuts: list[int]) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    said, arguments = f"to {NAME}, <EMAIL_ {NAME}<", json.dumps({"to": NAME, NAME: 1})
    deltas: list[Delta] = [Started("id", "model", 1)]
    talks = operation not in (Operation.COMPLETIONS, Operation.OLLAMA_GENERATE)
    deltas += [ThinkingDelta(each, part=0) for each in cut(said, cuts) if talks]
    deltas += [TextDelta(each, part=1) for each in cut(said, cuts)]
    if talks:
        deltas.append(ToolStarted("call_1", "f", part=2))
        deltas += [ToolDelta(each, part=2) for each in cut(arguments, cuts)]
    deltas.append(Finished(Finish("tool_calls" if talks else "stop")))
    writer = dialect.writer(Reply("id", 1, "model"))
    caller = through(operation, [*(writer.write([each]) for each in deltas), writer.end()], whole=False)
    events, _ = dialect.framing.split(caller.body, 0)
    reader = dialect.reader()
    read = gather([each for event in events for each in reader.read(event)], dialect.name)
    expected: dict[str, object] = {"Text": said.replace(NAME, VALUE)}
    if talks:
        expected |= {"Thinking": said.replace(NAME, VALUE), "ToolCall": {"to": VALUE, VALUE: 1}}
    found = texts(read)
    assert set(expected) - set(found) <= {"Thinking"}  # which not every format can show
    assert found == {name: value for name, value in expected.items() if name in found}


@pytest.mark.parametrize("operation", [each for each in TALKING if each not in WITHOUT_TOOLS])
def test_in_arguments_whose_brackets_are_escapes_however_they_are_cut(operation: Operation) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    arguments = json.dumps({"to": NAME}).replace("<", "\\u003c").replace(">", "\\u003e")
    for at in range(len(arguments) + 1):
        deltas: list[Delta] = [Started("id", "model", 1), ToolStarted("call_1", "f", part=0)]
        deltas += [ToolDelta(each, part=0) for each in cut(arguments, [at])]
        writer = dialect.writer(Reply("id", 1, "model"))
        deltas.append(Finished(Finish("tool_calls")))
        caller = through(operation, [*(writer.write([each]) for each in deltas), writer.end()], whole=False)
        events, _ = dialect.framing.split(caller.body, 0)
        reader = dialect.reader()
        found = texts(gather([each for event in events for each in reader.read(event)], dialect.name))
        assert cast(object, found) == {"ToolCall": {"to": VALUE}}, at


@pytest.mark.parametrize("operation", [each for each in TALKING if each not in WITHOUT_TOOLS])
def test_a_secret_behind_an_escape_leaves_no_arguments(operation: Operation) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
    facts = GuardFacts("secrets", "secrets", action="redact")
    guard = secrets.GUARD.build(facts)
    shield = Shield(dialect, Issued({}), (Post(guard, facts),), OPENINGS.build(guard.partial))
    caller, arguments = Caller(), json.dumps({"note": f"now\n{token}", "quoted": f"“{token}”"})
    sink = ShieldedSink(shield, caller, lambda shield: None)
    deltas: list[Delta] = [Started("id", "model", 1), ToolStarted("call_1", "f", part=0)]
    deltas += [ToolDelta(arguments[:30], part=0), ToolDelta(arguments[30:], part=0)]
    writer = dialect.writer(Reply("id", 1, "model"))
    deltas.append(Finished(Finish("tool_calls")))
    sink.begin(Head(b"", False), b"")
    for piece in [*(writer.write([each]) for each in deltas), writer.end()]:
        sink.write(piece)
    sink.end()
    assert token[:12].encode() not in caller.body and b"[SECRET]" in caller.body


@pytest.mark.parametrize("operation", TALKING)
def test_in_whole_answers(operation: Operation) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    deltas: list[Delta] = [Started("id", "model", 1), TextDelta(f"to {NAME}")]
    if operation is not Operation.COMPLETIONS:
        deltas += [ToolStarted("call_1", "f", part=2), ToolDelta(json.dumps({"to": NAME}), part=2)]
    answer = gather([*deltas, Finished(Finish("stop"))], dialect.name)
    body = dialect.write_answer(answer, Reply("id", 1, "model"))
    found = texts(dialect.read_answer(through(operation, [body], whole=True).body))
    assert found.pop("Text") == f"to {VALUE}"
    assert found.pop("ToolCall", {"to": VALUE}) == {"to": VALUE}
    assert list(scatter(answer))


def test_what_holds_no_placeholder_passes_as_it_came() -> None:
    pieces = [b'data:  {"choices":[{"delta":{"content":"x"}}]}\n\n', b"data: [DONE]\n\n"]
    assert through(Operation.CHAT, pieces, whole=False).pieces == pieces


def test_a_stream_that_ends_without_its_last_event_still_gives_what_was_held() -> None:
    event = {"choices": [{"index": 0, "delta": {"content": f"x{NAME[:6]}"}}]}
    caller = through(Operation.CHAT, [f"data: {json.dumps(event)}\n\n".encode()], whole=False)
    said = [json.loads(line[6:]) for line in caller.body.splitlines() if line]
    assert "".join(each["choices"][0]["delta"]["content"] for each in said) == f"x{NAME[:6]}"


WORDS = words.GUARD.build(GuardFacts("w", "words", words=("night train",)))


def guarded(
    operation: Operation, pieces: list[bytes], *, whole: bool, refusal: Literal["error", "finish"]
) -> Caller:
    caller = Caller()
    shield = Shield(
        cast(Dialect, SPOKEN[operation]),
        Issued(PLACES.values),
        (Post(WORDS, GuardFacts("w", "words")),),
        OPENINGS.build(WORDS.partial),
        refusal=refusal,
    )
    sink = ShieldedSink(shield, caller, lambda shield: None)
    sink.begin(Head(b"", whole), pieces[0])
    for piece in pieces[1:]:
        sink.write(piece)
    sink.end()
    return caller


def events_of(dialect: Dialect, body: bytes) -> list[bytes]:
    return list(dialect.framing.split(body, 0)[0])


@pytest.mark.parametrize("operation", TALKING)
@given(cuts=st.lists(st.integers(0, 40), max_size=6))
def test_a_forbidden_word_ends_a_stream_before_it_leaves(operation: Operation, cuts: list[int]) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    deltas: list[Delta] = [Started("id", "model", 1)]
    deltas += [TextDelta(each) for each in cut("on the night train, at nine", cuts)]
    writer = dialect.writer(Reply("id", 1, "model"))
    pieces = [*(writer.write([each]) for each in (*deltas, Finished(Finish("stop")))), writer.end()]
    caller = guarded(operation, pieces, whole=False, refusal="finish")
    reader = dialect.reader()
    read = gather(
        [each for event in events_of(dialect, caller.body) for each in reader.read(event)], dialect.name
    )
    assert (
        texts(read).get("Text", "") in "on the "
        and b"night" not in caller.body
        and b"nine" not in caller.body
    )
    assert f'"{SPOTS[dialect.name].refusal}"'.encode() in caller.body


@pytest.mark.parametrize("operation", TALKING)
def test_or_ends_it_with_an_error(operation: Operation) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    writer = dialect.writer(Reply("id", 1, "model"))
    pieces = [
        writer.write([each])
        for each in (Started("id", "m", 1), TextDelta("the night"), TextDelta(" train, at"))
    ]
    with pytest.raises(Blocked, match="'w' stopped this answer: it contains WORD"):
        guarded(operation, pieces, whole=False, refusal="error")


@pytest.mark.parametrize("operation", TALKING)
def test_a_whole_answer_with_a_forbidden_word_says_nothing(operation: Operation) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    said = gather(
        [Started("id", "model", 1), TextDelta("on the night train"), Finished(Finish("stop"))], dialect.name
    )
    body = dialect.write_answer(said, Reply("id", 1, "model"))
    caller = guarded(operation, [body], whole=True, refusal="finish")
    assert texts(dialect.read_answer(caller.body)).get("Text", "") == ""
    assert f'"{SPOTS[dialect.name].refusal}"'.encode() in caller.body
    with pytest.raises(Blocked):
        guarded(operation, [body], whole=True, refusal="error")


def test_what_the_caller_said_itself_is_no_news() -> None:
    guard = pii.GUARD.build(GuardFacts("pii", "pii", action="redact"))
    shield = Shield(
        cast(Dialect, SPOKEN[Operation.CHAT]),
        Issued({}),
        (Post(guard, GuardFacts("pii", "pii")),),
        known=frozenset([b"a@b.example"]),
    )
    assert [each.start for each in shield.inspect(b"A@b.example, c@d.example")] == [13]


def test_a_broken_guard_lets_no_answer_pass() -> None:
    class Broken:
        name, stages, partial, kinds = "w", frozenset[Stage](["output"]), ("x",), frozenset[str]()

        def inspect(self, segment: Segment) -> list[Finding]:
            raise RuntimeError("tea")

    shield = Shield(
        cast(Dialect, SPOKEN[Operation.CHAT]), Issued({}), (Post(Broken(), GuardFacts("w", "words")),)
    )
    with pytest.raises(GuardFailed):
        ShieldedSink(shield, Caller(), lambda shield: None).begin(Head(b"", whole=True), b'{"choices":[]}')


def test_probabilities_do_not_say_the_text_again() -> None:
    event = {
        "choices": [
            {"index": 0, "delta": {"content": "a night "}, "logprobs": {"content": [{"token": "night"}]}}
        ]
    }
    caller = guarded(
        Operation.CHAT, [f"data: {json.dumps(event)}\n\n".encode()], whole=False, refusal="finish"
    )
    assert json.loads(caller.pieces[0][6:])["choices"][0]["logprobs"] is None


def called(operation: Operation, *, stream: bool, words: str, argument: str) -> Caller:
    """An answer with words and a call, before a guard of calls."""
    dialect = cast(Dialect, SPOKEN[operation])
    guard = words_guard()
    shield = Shield(
        dialect,
        Issued({}),
        calls=(Post(guard, GuardFacts("w", "words")),),
        call_openings=OPENINGS.build(guard.partial),
    )
    deltas: list[Delta] = [
        Started("id", "model", 1),
        TextDelta(words, part=1),
        ToolStarted("call_1", "f", part=2),
    ]
    deltas += [ToolDelta(each, part=2) for each in cut(json.dumps({"to": argument}), [9, 12])]
    deltas.append(Finished(Finish("tool_calls")))
    caller = Caller()
    sink = ShieldedSink(shield, caller, lambda shield: None)
    if not stream:
        answer = gather(deltas, dialect.name)
        sink.begin(Head(b"", True), dialect.write_answer(answer, Reply("id", 1, "model")))
    else:
        writer = dialect.writer(Reply("id", 1, "model"))
        pieces = [*(writer.write([each]) for each in deltas), writer.end()]
        sink.begin(Head(b"", False), pieces[0])
        for piece in pieces[1:]:
            sink.write(piece)
        sink.end()
    return caller


def words_guard() -> Guard:
    facts = GuardFacts("w", "words", words=("night train",), stages=("tool_call",))
    return words.GUARD.build(facts)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("operation", [each for each in TALKING if each not in WITHOUT_TOOLS])
def test_a_guard_of_calls_reads_their_arguments_and_no_words(operation: Operation, stream: bool) -> None:
    calm = called(operation, stream=stream, words="the night train", argument="the day train")
    assert b"night train" in calm.body
    with pytest.raises(Blocked):
        called(operation, stream=stream, words="the day train", argument="the night train")


SIMPLE = (
    Operation.CHAT,
    Operation.RESPONSES,
    Operation.MESSAGES,
    Operation.GENERATE_CONTENT,
    Operation.COMPLETIONS,
)
SAID = st.lists(
    st.sampled_from(["a", " night", " tr", "ain", " sk-", 'q"', "\\", "\n", "é", "<", f" {NAME}", "token"]),
    min_size=1,
    max_size=14,
)


@pytest.mark.parametrize("operation", SIMPLE)
@given(pieces=SAID, together=st.integers(1, 4))
def test_what_is_told_at_a_glance_is_what_a_whole_look_tells(
    operation: Operation, pieces: list[str], together: int
) -> None:
    dialect = cast(Dialect, SPOKEN[operation])
    writer = dialect.writer(Reply("id", 1, "model"))
    deltas: list[Delta] = [Started("id", "model", 1), *(TextDelta(each, part=0) for each in pieces)]
    events = [writer.write([each]) for each in [*deltas, Finished(Finish("stop"))]] + [writer.end()]
    reads = [b"".join(events[at : at + together]) for at in range(0, len(events), together)]
    guard = words.GUARD.build(GuardFacts("w", "words", action="redact", words=("night train", "token")))
    post = Post(guard, GuardFacts("w", "words"))
    said = []
    for skim in (None, FormSkim(guard.partial)):
        issued, openings = Issued(PLACES.values), OPENINGS.build(guard.partial)
        shield = Shield(dialect, issued, (post,), openings, skim=skim)
        caller = Caller()
        sink = ShieldedSink(shield, caller, lambda shield: None)
        sink.begin(Head(b"", False), reads[0])
        for read in reads[1:]:
            sink.write(read)
        sink.end()
        said.append([_said_by(dialect, piece) for piece in caller.pieces])
    assert said[0] == said[1]


def _said_by(dialect: Dialect, data: bytes) -> tuple[int, str]:
    """How many events there are, and the words in them."""
    events, _ = dialect.framing.split(data, 0)
    found = [event for raw in events for event in [raw.partition(b"data: ")[2].strip()] if event[:1] == b"{"]
    spots = [spot for event in found for spot in SPOTS[dialect.name].find(json.loads(event))]
    return len(events), "".join(spot.holder[spot.key] for spot in spots)
