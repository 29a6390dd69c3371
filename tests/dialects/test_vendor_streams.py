"""One small stream for each OpenAI-like server: what passes, what is billed, how it ends."""

from dataclasses import dataclass
from typing import Any

import pytest

from dialects.usage import Told, Usage
from tests.dialects.streams import DONE, Reading, chunk, delta, event, read, usage


@dataclass(frozen=True)
class Case:
    """A vendor's stream as it comes; `hidden` are the events of a caller who did not ask for usage."""

    id: str
    events: tuple[bytes, ...]
    usage: Usage | None
    length: int
    hidden: tuple[int, ...] = ()
    error: str | None = None
    finished: bool = True
    written: tuple[bytes, ...] = ()  # what passes, where it is not as it came

    @property
    def passed(self) -> tuple[bytes, ...]:
        return self.written or (self.events if self.error is None else self.events[:-1])

    @property
    def polite(self) -> bytes:
        """What is added for clients that wait for it."""
        return DONE if self.finished and DONE not in self.events else b""


def compact(event: bytes) -> bytes:
    return event.replace(b": ", b":").replace(b", ", b",").replace(b"data:", b"data: ", 1)


NO_USAGE = b', "usage": null'  # which a stream has in each chunk because it was asked for it


def filtered(**fields: Any) -> bytes:
    return event(
        choices=[], prompt_filter_results=[{"prompt_index": 0, "content_filter_results": {}}], **fields
    )


CASES = [
    Case(
        "DeepSeek: kept alive while queued, thoughts, hits of its own",
        (
            b": keep-alive\n\n",
            b"\n\n",
            delta(role="assistant", content=None, reasoning_content=""),
            delta(reasoning_content="let me see"),
            delta(content="42"),
            chunk(
                "",
                "stop",
                usage=usage(100, 12, prompt_cache_hit_tokens=64, prompt_cache_miss_tokens=36)
                | {"completion_tokens_details": {"reasoning_tokens": 10}},
            ),
            DONE,
        ),
        Usage(100, 12, cached_read=64, reasoning=10),
        length=12,
    ),
    Case(
        "Groq: usage under a name of its own",
        (
            delta(role="assistant", content=""),
            delta(reasoning="hm", channel="analysis"),
            delta(content="hi"),
            chunk(
                finish="stop", x_groq={"id": "req_1", "usage": usage(20, 3, queue_time=0.1, total_time=0.2)}
            ),
            DONE,
        ),
        Usage(20, 3),
        length=4,
    ),
    Case(
        "Groq: usage at both places",
        (
            chunk("hi", "stop", x_groq={"usage": usage(20, 3)}),
            event(choices=[], usage=usage(20, 4), x_groq={"usage": usage(20, 3)}),
            DONE,
        ),
        Usage(20, 4),
        length=2,
        hidden=(1,),
    ),
    Case(
        "Groq: an error by name",
        (delta(content="hi"), b"event: error\n" + event(error={"message": "m", "code": "tool_use_failed"})),
        None,
        length=2,
        error="tool_use_failed",
        finished=False,
    ),
    Case(
        "OpenRouter: comments, thoughts in details, a cost",
        (
            b": OPENROUTER PROCESSING\n\n",
            delta(
                role="assistant", content="", reasoning="so", reasoning_details=[{"type": "reasoning.text"}]
            ),
            chunk("yes", "stop", provider="Some", native_finish_reason="end_turn"),
            chunk("", usage=usage(7, 5, cost=0.00012, prompt_tokens_details={"cached_tokens": 2})),
            DONE,
        ),
        Told.of(Usage(7, 5, cached_read=2), 120_000),
        length=5,
    ),
    Case(
        "OpenRouter: an error inside a 200",
        (
            delta(content="par"),
            event(
                error={"code": 502, "message": "Provider disconnected"},
                choices=[{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
            ),
        ),
        None,
        length=3,
        error="502",
        finished=False,
    ),
    Case(
        "Qwen: what it wrote to a cache, some of it for an hour",
        (
            chunk("yes", "stop"),
            event(
                choices=[],
                usage=usage(
                    2000,
                    5,
                    prompt_tokens_details={
                        "cached_tokens": 300,
                        "cache_creation_input_tokens": 1500,
                        "cache_creation": {
                            "ephemeral_5m_input_tokens": 500,
                            "ephemeral_1h_input_tokens": 1000,
                        },
                        "cache_type": "ephemeral",
                    },
                ),
            ),
            DONE,
        ),
        Usage(2000, 5, cached_read=300, cache_write=1500, cache_write_1h=1000),
        length=3,
        hidden=(1,),
    ),
    Case(
        "a gateway before Claude: the same beside the totals",
        (
            chunk("yes", "stop"),
            event(choices=[], usage=usage(2000, 5, cache_creation_input_tokens=1500)),
            DONE,
        ),
        Usage(2000, 5, cache_write=1500),
        length=3,
        hidden=(1,),
    ),
    Case(
        "xAI: what all of it costs, tools included",
        (
            delta(role="assistant", content="9"),
            chunk("", "stop"),
            event(choices=[], usage=usage(32, 9, num_sources_used=3, cost_in_usd_ticks=37_756_004)),
            DONE,
        ),
        Told.of(Usage(32, 9), 3_775_600),
        length=1,
        hidden=(2,),
    ),
    Case(
        "xAI: reasoning is counted beside the completion",
        (
            delta(role="assistant", reasoning_content="hm"),
            chunk("9", "stop"),
            event(
                choices=[],
                usage={"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135}
                | {"prompt_tokens_details": {"cached_tokens": 6, "text_tokens": 32}}
                | {"completion_tokens_details": {"reasoning_tokens": 94}},
            ),
            DONE,
        ),
        Usage(32, 103, cached_read=6, reasoning=94),
        length=3,
        hidden=(2,),
    ),
    Case(
        "Together: an end of its own name, hits beside the totals",
        (chunk("hi", usage=None), chunk("", "eos", usage=usage(9, 2, cached_tokens=4)), DONE),
        Usage(9, 2, cached_read=4),
        length=2,
    ),
    Case(
        "Moonshot: usage inside the choice that ends",
        (
            chunk("hi"),
            event(choices=[{"index": 0, "delta": {}, "finish_reason": "stop", "usage": usage(9, 2)}]),
            DONE,
        ),
        Usage(9, 2),
        length=2,
    ),
    Case(
        "a proxy of OpenAI's Responses: their names of the counts",
        (chunk("hi", "stop", usage={"input_tokens": 9, "output_tokens": 2, "total_tokens": 11}), DONE),
        Usage(9, 2),
        length=2,
    ),
    Case(
        "OpenAI: no usage in every chunk but the last",
        (
            b'data: {"choices":[{"index":0,"delta":{"content":",\\"usage\\":null"}}], "usage": null}\n\n',
            chunk("hi", "stop", usage=None),
            event(choices=[], usage=usage(9, 2)),
            DONE,
        ),
        Usage(9, 2),
        length=15,
        hidden=(2,),
    ),
    Case(
        "vLLM: usage with every chunk",
        (
            chunk("", usage=usage(10, 0)),
            chunk("a", usage=usage(10, 1)),
            chunk("b", "stop", usage=usage(10, 2), stop_reason=None, kv_transfer_params={"x": 1}),
            event(choices=[], usage=usage(10, 2)),
            DONE,
        ),
        Usage(10, 2),
        length=2,
        hidden=(3,),
    ),
    Case(
        "older vLLM: an error without the key",
        (chunk("a"), event(object="error", message="out of memory", type="InternalServerError", code=500)),
        None,
        length=1,
        error="500",
        finished=False,
    ),
    Case(
        "llama.cpp: null first, timings last",
        (
            delta(role="assistant", content=None),
            delta(content="hi"),
            chunk(finish="stop", timings={"prompt_n": 3, "predicted_per_second": 51.3}),
            event(choices=[], usage=usage(3, 1), timings={"prompt_n": 3}),
            DONE,
        ),
        Usage(3, 1),
        length=2,
        hidden=(3,),
    ),
    Case(
        "transformers serve: no [DONE], no finish_reason but in the last",
        (
            event(choices=[{"index": 0, "delta": {"role": "assistant"}}]),
            event(choices=[{"index": 0, "delta": {"content": "hi"}}]),
            chunk(finish="stop", usage=usage(4, 2)),
        ),
        Usage(4, 2),
        length=2,
    ),
    Case(
        "text-generation-inference: no space, CRLF, hardly a field",
        (
            b'data:{"id":"","choices":[{"delta":{"content":"hi"}}]}\r\n\r\n',
            b'data:{"id":"","choices":[{"delta":{"content":""},"finish_reason":"eos_token"}]}\r\n\r\n',
        ),
        None,
        length=2,
    ),
    Case(
        "text-generation-inference: an error as a text",
        (b'data:{"error":"Request failed during generation","error_type":"generation"}\n\n',),
        None,
        length=0,
        error="Request failed during generation",
        finished=False,
    ),
    Case(
        "LM Studio: an error by name",
        (chunk("a"), b'event: error\ndata: {"message":"model unloaded"}\n\n'),
        None,
        length=1,
        error="model unloaded",
        finished=False,
    ),
    Case(
        "Mistral: thoughts in lists, usage with the end",
        (
            delta(role="assistant", content=""),
            delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "two"}]}]),
            delta(content=[{"type": "text", "text": "4"}]),
            chunk("", "model_length", usage=usage(8, 6, num_cached_tokens=3)),
            DONE,
        ),
        Usage(8, 6, cached_read=3),
        length=4,
        written=(
            delta(role="assistant", content=""),
            compact(delta(content=None, reasoning_content="two")),
            compact(delta(content="4")),
            chunk("", "model_length", usage=usage(8, 6, num_cached_tokens=3)),
            DONE,
        ),
    ),
    Case(
        "Azure: the filter speaks first, and once more after the end",
        (
            filtered(id="", model="", usage=None),
            delta(role="assistant", content="hi"),
            chunk(finish="stop"),
            event(
                choices=[{"index": 0, "finish_reason": None, "content_filter_offsets": {"start_offset": 0}}]
            ),
            event(choices=[], usage=usage(5, 1)),
            DONE,
        ),
        Usage(5, 1),
        length=2,
        hidden=(0, 4),
    ),
    Case(
        "an older proxy: cut without an end",
        (delta(content="half an ans"),),
        None,
        length=11,
        finished=False,
    ),
    Case(
        "an older proxy: usage without choices",
        (chunk("hi", "stop"), event(usage=usage(2, 1)), DONE),
        Usage(2, 1),
        length=2,
        hidden=(1,),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_caller_who_asked_for_usage_gets_all_that_the_vendor_wrote(case: Case) -> None:
    assert read(*case.events) == expected(case, b"".join(case.passed))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_caller_who_did_not_gets_no_event_that_it_cannot_index(case: Case) -> None:
    shown = [each for place, each in enumerate(case.passed) if place not in case.hidden]
    assert read(*case.events, hide_usage=True) == expected(case, b"".join(shown).replace(NO_USAGE, b""))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_it_is_the_same_in_one_piece(case: Case) -> None:
    once, apart = read(b"".join(case.events), hide_usage=True), read(*case.events, hide_usage=True)
    assert once == apart
    costs = [each if each is None else each.nano for each in (once.usage, apart.usage, case.usage)]
    assert costs == costs[:1] * 3


def expected(case: Case, passed: bytes) -> Reading:
    return Reading(
        passed=passed + case.polite,
        usage=case.usage,
        error=case.error,
        started=case.length > 0,
        finished=case.finished,
        text_length=case.length,
    )
