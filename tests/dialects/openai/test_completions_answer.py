"""Legacy completions' answers: text alone, as OpenAI's own types take them."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from openai.types import Completion

from dialects.answer import (
    Answer,
    Choice,
    Counted,
    Delta,
    Finish,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
)
from dialects.conversation import Text
from dialects.deltas import gather, scatter
from dialects.dialect import Reply
from dialects.openai.completions import OpenAICompletions
from dialects.usage import Usage
from tests.dialects.conversations import answers

# A whole answer takes long to draw on a busy machine.
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
COMPLETIONS = OpenAICompletions()
REPLY = Reply("r1", 1_700_000_000, "asked")
TOKEN = {"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}


def shown(answer: Answer) -> list[tuple[str, str]]:
    """The text and the end of each choice, all that this format can show."""
    return [
        (
            "".join(part.text for part in choice.parts if isinstance(part, Text)),
            "stop" if choice.finish.reason == "tool_calls" else choice.finish.reason,
        )
        for choice in answer.choices
    ]


def chunks(*deltas: Delta, reply: Reply = REPLY) -> list[dict[str, Any]]:
    writer = COMPLETIONS.writer(reply)
    data = b"".join([*(writer.write([delta]) for delta in deltas), writer.end()])
    *events, last, rest = data.split(b"\n\n")
    assert (last, rest) == (b"data: [DONE]", b"")
    found = [json.loads(event.removeprefix(b"data: ")) for event in events]
    for each in found:
        # The SDK reads chunks into the type of whole answers, unchecked: an end is null until it comes.
        ended = [choice | {"finish_reason": choice["finish_reason"] or "stop"} for choice in each["choices"]]
        Completion.model_validate(each | {"choices": ended})
    assert len({(each["id"], each["created"], each["model"], each["object"]) for each in found}) == 1
    return found


@SLOW
@given(answers())
def test_a_whole_answer_shows_its_text(answer: Answer) -> None:
    body = COMPLETIONS.write_answer(answer, REPLY)
    Completion.model_validate_json(body, strict=True)
    found = COMPLETIONS.read_answer(body)
    assert shown(found) == shown(answer)
    assert (found.dialect, found.id, found.usage) == (COMPLETIONS.name, answer.id, answer.usage)


@SLOW
@given(answers())
def test_a_stream_shows_the_same(answer: Answer) -> None:
    reader = COMPLETIONS.reader()
    events = [b"data: " + json.dumps(each).encode() + b"\n\n" for each in chunks(*scatter(answer))]
    found = gather([delta for event in events for delta in reader.read(event)], COMPLETIONS.name)
    assert (shown(found), found.usage) == (shown(answer), answer.usage)


def test_a_chunk_is_a_text_and_the_last_one_an_end() -> None:
    said = chunks(Started(), ThinkingDelta("hm"), TextDelta("a", 1), Finished(Finish("tool_calls")))
    assert [each["choices"] for each in said] == [
        [{"index": 0, "text": "a", "logprobs": None, "finish_reason": None}],
        [{"index": 0, "text": "", "logprobs": None, "finish_reason": "stop"}],
    ]
    assert (said[0]["id"], said[0]["object"]) == ("cmpl-r1", "text_completion")


def test_usage_is_told_where_it_was_asked_for() -> None:
    deltas = [Started(usage=Usage(1)), TextDelta("a"), Finished(Finish("stop")), Counted(Usage(1, 2))]
    assert chunks(*deltas)[-1]["usage"]["total_tokens"] == 3
    assert all(
        "usage" not in each for each in chunks(*deltas, reply=Reply("r1", 1, "m", include_usage=False))
    )


def test_logprobs_have_the_shape_of_their_time() -> None:
    said = chunks(Started(), TextDelta("bc"), TextDelta("a", logprobs=(TOKEN,)), Finished(Finish("stop")))
    lists = {"tokens": ["a"], "token_logprobs": [-0.5], "top_logprobs": [{}], "text_offset": [2]}
    assert said[1]["choices"][0]["logprobs"] == lists
    whole = Answer("test", (Choice((Text("a"),), Finish("stop"), 0, (TOKEN,)),))
    written = json.loads(COMPLETIONS.write_answer(whole, REPLY))
    assert written["choices"][0]["logprobs"] == lists | {"text_offset": [0]}


def test_what_only_its_own_vendor_says_stays_with_it() -> None:
    own = Answer(COMPLETIONS.name, (Choice((), Finish("stop")),), extra={"system_fingerprint": "fp"})
    assert json.loads(COMPLETIONS.write_answer(own, REPLY))["system_fingerprint"] == "fp"
