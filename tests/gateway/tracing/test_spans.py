"""What a call's spans say, and what they do not."""

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from config.kinds import Operation
from gateway.call import Call
from gateway.errors import NobodyAnswered
from gateway.tracing.road import Ending
from gateway.tracing.spans import tell
from tests.gateway.road import COST, ERROR_ANSWER, WHO, Answer, Caller, Road

SECOND = 1_000_000_000


def spans_of(call: Call, status: int = 200, error: str = "") -> list[ReadableSpan]:
    """Those of a call that took a second, its own first."""
    provider, kept = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tell(provider.get_tracer("test"), Context(), call, Ending(call.at_ms * 1_000_000 + SECOND, status, error))
    provider.shutdown()
    *attempts, whole = kept.get_finished_spans()
    return [whole, *attempts]


async def test_a_call_and_its_attempts_are_one_trace() -> None:
    road = Road({"one": [ERROR_ANSWER], "two": [Answer()]})
    call = road.call()
    call.rows = []
    await road.run(Caller(road.log), call)
    whole, failed, answered = spans_of(call)
    assert [each.parent and each.parent.span_id for each in (failed, answered)] == [whole.context.span_id] * 2
    assert {each.context.trace_id for each in (whole, failed, answered)} == {whole.context.trace_id}
    assert (whole.kind, failed.kind, whole.parent) == (SpanKind.SERVER, SpanKind.CLIENT, None)
    assert whole.name == "chat fast"
    assert whole.end_time and whole.start_time and whole.end_time - whole.start_time == SECOND
    said = whole.attributes or {}
    assert said["gen_ai.operation.name"] == "chat"
    assert (said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]) == (100, 10)
    assert (said["signalbox.team"], said["signalbox.attempts"]) == (WHO.team, 2)
    assert said["signalbox.cost_usd"] == pytest.approx(COST * 1e-9)
    assert said["signalbox.request_id"] == call.id
    assert [each.name for each in whole.events].count("signalbox.attempt") == 1
    statuses = [each.status.status_code for each in (whole, failed, answered)]
    assert statuses == [StatusCode.UNSET, StatusCode.ERROR, StatusCode.UNSET]
    assert (failed.attributes or {})["error.type"] == "vendor_failed"
    assert (answered.attributes or {})["signalbox.target"] == "two/m"


async def test_no_text_of_a_call_is_in_its_trace() -> None:
    road = Road({"one": [Answer()]})
    call = road.call()
    call.rows = []
    await road.run(Caller(road.log), call)
    written = "".join(each.to_json() for each in spans_of(call))
    assert "Hello" not in written
    assert call.credential.decode() not in written or not call.credential


async def test_a_call_that_nobody_answers_is_the_servers_fault_and_a_wrong_one_is_not() -> None:
    road = Road({"one": [ERROR_ANSWER]})
    call = road.call()
    call.rows = []
    with pytest.raises(NobodyAnswered) as nobody:
        await road.run(Caller(road.log), call)
    whole, attempt = spans_of(call, nobody.value.status, nobody.value.code)
    assert (whole.status.status_code, attempt.status.status_code) == (StatusCode.ERROR, StatusCode.ERROR)
    (wrong,) = spans_of(road.call(), 404, "model_not_found")
    assert wrong.status.status_code is StatusCode.UNSET
    assert (wrong.attributes or {})["error.type"] == "model_not_found"


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (Operation.CHAT, "chat"),
        (Operation.MESSAGES, "chat"),
        (Operation.COMPLETIONS, "text_completion"),
        (Operation.GENERATE_CONTENT, "generate_content"),
        (Operation.BATCH_EMBED_CONTENTS, "embeddings"),
        (Operation.RERANK, "rerank"),
    ],
)
def test_operations_have_the_names_of_the_convention(operation: Operation, name: str) -> None:
    call = Road({"one": [Answer()]}).call()
    call.operation = operation
    (whole,) = spans_of(call)
    assert (whole.attributes or {})["gen_ai.operation.name"] == name
