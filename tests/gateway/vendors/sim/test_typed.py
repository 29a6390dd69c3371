"""The simulator in every format but OpenAI's older ones: what it says, what it bills, how it breaks."""

import json
import time
from typing import Any

import pytest

from config.kinds import Operation
from dialects.answer import Failed, ToolStarted
from dialects.conversation import ToolCall
from dialects.dialect import Dialect
from dialects.watching import Watched
from gateway.formats import SPOKEN
from gateway.vendors.sim.behaviour import Behaviour, Fault, ScriptedCall, StatedUsage
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.script import Part, Stamp
from gateway.vendors.sim.spoil import spoil
from gateway.vendors.sim.typed import TypedReply, TypedRequest
from tests.formats import FORMATS, TYPED, Format

STAMP = Stamp("run1", 1_700_000_000)
WORDS = "Tell me of signal boxes."
TOOL = "throw_signal"
EACH = pytest.mark.parametrize("form", TYPED, ids=[each.operation.value for each in TYPED])
# The array of Gemini's is for callers; a vendor is asked for events.
ASKED = [each for each in TYPED if each.operation is not Operation.GENERATE_CONTENT_ARRAY]
ASKED_EACH = pytest.mark.parametrize("form", ASKED, ids=[each.operation.value for each in ASKED])
CALLS_WHOLE = (Operation.GENERATE_CONTENT, Operation.GENERATE_CONTENT_ARRAY, Operation.OLLAMA_CHAT)


def dialect(form: Format) -> Dialect:
    spoken: Any = SPOKEN[form.operation]
    return spoken  # type: ignore[no-any-return]


def reply(form: Format, behaviour: Behaviour, *, tool: str = "") -> TypedReply:
    body = json.dumps(form.ask("small", WORDS, stream=True, tool=tool)).encode()
    return TypedRequest(dialect(form), body, "small", True).reply(behaviour, 0, STAMP)


def watch(form: Format, body: bytes, *, clean: bool = True) -> Watched:
    """What the road would learn of a stream."""
    watched = Watched(dialect(form).framing, dialect(form).reader())
    watched.feed(body)
    watched.feed(b"")  # what is broken after whole frames is found with the next bytes
    if clean:
        watched.end()
    return watched


def sent(answer: TypedReply, fault: Fault | None = None) -> bytes:
    return b"".join(event.data for event in spoil(answer, fault))


@EACH
def test_a_stream_says_what_the_whole_answer_says(form: Format) -> None:
    answer = reply(form, Behaviour(text="The home signal is off."))
    assert form.text(answer.whole(), stream=False) == "The home signal is off."
    assert form.text(sent(answer), stream=True) == "The home signal is off."


@EACH
def test_usage_is_told_alike_whole_and_in_streams(form: Format) -> None:
    stated = StatedUsage(input=100, cached=40, output=30, reasoning=10)
    answer = reply(form, Behaviour(text="one two", reasoning="hm", usage=stated))
    watched = watch(form, sent(answer))
    assert watched.finished and watched.error is None
    assert watched.usage == answer.usage == dialect(form).peek_answer(answer.whole()).usage
    assert (answer.usage.input, answer.usage.output) == (100, 30)


@EACH
def test_every_token_is_handed_over_with_an_event(form: Format) -> None:
    answer = reply(form, Behaviour(text="one two three", reasoning="hm", tool_calls=(call(),)), tool=TOOL)
    assert sum(event.tokens for event in answer.events()) == answer.written


def call(name: str = TOOL) -> ScriptedCall:
    return ScriptedCall(name, {"arm": "home", "off": True})


@EACH
def test_tools_are_called_in_streams_as_in_whole_answers(form: Format) -> None:
    answer = reply(form, Behaviour(tool_calls=(call(), call("ring_bell"))), tool=TOOL)
    whole = dialect(form).read_answer(answer.whole()).choices[0]
    assert [part.name for part in whole.parts] == [TOOL, "ring_bell"]  # type: ignore[union-attr]
    assert whole.finish.reason in ("tool_calls", "stop")
    reader = dialect(form).reader()
    events, _ = dialect(form).framing.split(sent(answer), 0)
    names = [said.name for each in events for said in reader.read(each) if isinstance(said, ToolStarted)]
    assert names == [TOOL, "ring_bell"]


@EACH
def test_the_events_of_a_tool_call_are_known_as_such(form: Format) -> None:
    answer = reply(form, Behaviour(text="one", tool_calls=(call(),)), tool=TOOL)
    parts = [event.part for event in answer.events()]
    assert Part.TOOL in parts
    assert (parts.count(Part.TOOL) == 1) == (form.operation in CALLS_WHOLE)


@EACH
def test_the_usage_is_delivered_with_one_event_and_the_last(form: Format) -> None:
    parts = [event.part for event in reply(form, Behaviour(text="one two")).events()]
    assert parts.count(Part.USAGE) == 1
    assert parts[-1] is Part.USAGE


@EACH
def test_without_usage_nobody_can_tell_it(form: Format) -> None:
    answer = reply(form, Behaviour(text="one two"))
    watched = watch(form, sent(answer, Fault("no_usage")))
    assert (watched.usage, watched.finished, watched.error) == (None, True, None)
    assert dialect(form).peek_answer(answer.whole(usage=False)).usage is None


@EACH
def test_without_a_finish_a_stream_is_not_complete(form: Format) -> None:
    body = sent(reply(form, Behaviour(text="one two")), Fault("no_finish"))
    assert not form.clean.search(body)
    watched = watch(form, body, clean=form.operation is not Operation.GENERATE_CONTENT_ARRAY)
    assert not watched.finished and watched.text_length == 7


@ASKED_EACH
@pytest.mark.parametrize("kind", ["malformed", "inband_error", "cut_text", "stall_content"])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_fault_strikes_after_so_much_content(form: Format, kind: Any, after: int) -> None:
    answer = reply(form, Behaviour(text="one two three four"))
    parts = [event.part for event in spoil(answer, Fault(kind, after=after))]
    struck = {"cut_text": Part.CUT, "stall_content": Part.STALL}.get(kind, Part.ERROR)
    assert parts[: parts.index(struck)].count(Part.TEXT) == after
    watched = watch(form, sent(answer, Fault(kind, after=after)), clean=False)
    assert watched.started is (after > 0)
    assert (watched.error is not None) is (struck is Part.ERROR)
    assert not watched.finished


@ASKED_EACH
def test_a_fault_beyond_the_end_strikes_before_the_finish(form: Format) -> None:
    body = sent(reply(form, Behaviour(text="one two")), Fault("cut_text", after=99))
    assert form.text(body, stream=True) == "one two"
    assert not form.clean.search(body) and not watch(form, body, clean=False).finished


@ASKED_EACH
def test_a_cut_amid_a_tool_comes_after_something_of_the_call(form: Format) -> None:
    answer = reply(form, Behaviour(tool_calls=(call(),)), tool=TOOL)
    events = list(spoil(answer, Fault("cut_tool")))
    assert events[-1].part is Part.CUT
    watched = watch(form, b"".join(event.data for event in events), clean=False)
    assert watched.started and not watched.finished


@ASKED_EACH
def test_what_is_broken_is_an_event_that_no_reader_accepts(form: Format) -> None:
    answer = reply(form, Behaviour())
    watched = watch(form, answer.broken(), clean=False)
    assert watched.error is not None and watched.error.code == "malformed_event"
    assert not watched.rest or form.operation is Operation.CONVERSE


@EACH
def test_a_failure_has_the_formats_own_shape(form: Format) -> None:
    answer = reply(form, Behaviour())
    assert "simulated model failed" in form.error(answer.failure(stream=False), stream=False)
    if form.operation is not Operation.GENERATE_CONTENT_ARRAY:
        assert "simulated model failed" in form.error(answer.failure(stream=True), stream=True)
        reader = dialect(form).reader()
        assert isinstance(list(reader.read(answer.failure(stream=True)))[0], Failed)


@EACH
def test_a_body_that_is_none_is_refused(form: Format) -> None:
    for body in (b"[]", b"{", b'{"messages":7,"contents":7,"input":7}'):
        with pytest.raises(Refused) as refused:
            TypedRequest(dialect(form), body, "small")
        assert refused.value.status == 400


def test_more_choices_than_anybody_asks_for_are_refused() -> None:
    form = FORMATS[Operation.GENERATE_CONTENT]
    body = form.ask("small", WORDS) | {"generationConfig": {"candidateCount": 1_000_000}}
    with pytest.raises(Refused, match="above maximum"):
        TypedRequest(dialect(form), json.dumps(body).encode(), "small")


def test_a_choice_of_a_tool_that_is_not_offered_is_refused() -> None:
    form = FORMATS[Operation.MESSAGES]
    body = form.ask("small", WORDS, tool=TOOL) | {"tool_choice": {"type": "tool", "name": "other"}}
    asked = TypedRequest(dialect(form), json.dumps(body).encode())
    with pytest.raises(Refused, match="'other' not found"):
        asked.reply(Behaviour(), 0, STAMP)


@pytest.mark.parametrize("together", [True, False], ids=["in one message", "in two"])
def test_the_results_of_tools_are_answered_wherever_they_stand(together: bool) -> None:
    form = FORMATS[Operation.MESSAGES]
    uses = [{"type": "tool_use", "id": id, "name": TOOL, "input": {}} for id in ("a", "b")]
    results: Any = [
        {"type": "tool_result", "tool_use_id": id, "content": f"arm {id} is off"} for id in ("a", "b")
    ]
    turns = [results] if together else [[each] for each in results]
    body = form.ask("small", WORDS, tool=TOOL)
    body["messages"] += [{"role": "assistant", "content": uses}]
    body["messages"] += [{"role": "user", "content": turn} for turn in turns]
    answer = TypedRequest(dialect(form), json.dumps(body).encode()).reply(Behaviour(), 0, STAMP).whole()
    said = form.text(answer, stream=False)
    assert "arm a is off" in said and "arm b is off" in said


def post(sim: Any, form: Format, model: str = "small", *, stream: bool = False, tool: str = "") -> Any:
    return sim.http.post(form.at(model, stream=stream), json=form.ask(model, WORDS, stream=stream, tool=tool))


@EACH
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_what_is_told_is_what_is_billed(sim: Any, form: Format, stream: bool) -> None:
    answer = post(sim, form, "reasoner", stream=stream)
    assert answer.status_code == 200
    (line,) = sim.lines()
    usage = watch(form, answer.content).usage if stream else dialect(form).peek_answer(answer.content).usage
    assert usage is not None
    assert (line["input"], line["output"], line["reasoning"]) == (usage.input, usage.output, usage.reasoning)
    assert line["usage_delivered"] and line["nano_dollars"] > 0
    assert line["endpoint"] == form.operation.value or form.path == FORMATS[Operation.GENERATE_CONTENT].path
    assert line["stream"] is stream


@EACH
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_refusal_speaks_the_format_and_says_when_to_come_again(
    sim: Any, form: Format, stream: bool
) -> None:
    answer = post(sim, form, "small@fault=status,status=429,retry_after=7", stream=stream)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert form.error(answer.content, stream=False) == "The simulator was told to fail here."
    assert sim.lines()[0]["nano_dollars"] == 0


@EACH
def test_a_requests_id_is_told_where_the_format_has_it(sim: Any, form: Format) -> None:
    headers = post(sim, form).headers
    told = {name for name in ("x-request-id", "request-id", "x-amzn-requestid") if name in headers}
    assert told == ({form.id_header} if form.id_header else set())
    if form.id_header:
        assert headers[form.id_header] == f"req_{sim.lines()[0]['id']}"


@ASKED_EACH
def test_who_leaves_pays_for_what_was_sent(sim: Any, form: Format) -> None:
    path = form.at("small@length=500,tps=100", stream=True)
    with sim.http.stream(
        "POST", path, json=form.ask("small@length=500,tps=100", WORDS, stream=True)
    ) as answer:
        began = time.monotonic()
        for _ in answer.iter_raw():
            if time.monotonic() - began > 0.2:
                break
    deadline = time.monotonic() + 5
    while not sim.lines() and time.monotonic() < deadline:
        time.sleep(0.01)
    (line,) = sim.lines()
    assert line["cancelled"] and not line["usage_delivered"]
    assert 0 < line["output"] < 200


@EACH
@pytest.mark.parametrize("reasoning", ["hm", None], ids=["after a thought", "alone"])
def test_a_call_after_a_thought_is_signed_where_its_vendor_signs_calls(
    form: Format, reasoning: str | None
) -> None:
    answer = reply(form, Behaviour(reasoning=reasoning, tool_calls=(call(), call())), tool=TOOL)
    signs = reasoning is not None and dialect(form).name == SPOKEN[Operation.GENERATE_CONTENT].name
    parts = dialect(form).read_answer(answer.whole()).choices[0].parts
    whole = [part.signature is not None for part in parts if isinstance(part, ToolCall)]
    assert whole == [signs, False]
    reader = dialect(form).reader()
    events, _ = dialect(form).framing.split(sent(answer), 0)
    said = [delta for each in events for delta in reader.read(each)]
    assert [each.signature is not None for each in said if isinstance(each, ToolStarted)] == whole
