"""Traces arrive at a collector; one that is away costs callers nothing."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from opentelemetry.trace import get_current_span

from config.catalog import Loaded, Secret
from config.defaults import default_catalog
from config.trace import TracingFacts
from gateway.tracing.opening import CollectorTracer
from gateway.tracing.road import Ending
from tests.gateway.inside import KINDS, Here, gateway
from tests.gateway.road import Answer, Road
from tests.gateway.tracing.collector import collector, said
from tests.ports import refusing

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SECRET_TEXT = "the owls are not what they seem"


def facts(url: str, share: float = 1.0) -> TracingFacts:
    return TracingFacts(url, (("authorization", Secret("Bearer otlp", "literal")),), share, "edge")


@asynccontextmanager
async def traced(place: Path, tracing: TracingFacts) -> AsyncIterator[Here]:
    def load() -> Loaded:
        found = default_catalog(KINDS, {}).catalog
        return Loaded(replace(found, settings=replace(found.settings, tracing=tracing)))

    async with gateway(place, load=load) as here:
        yield here


async def ask(here: Here, **headers: str) -> int:
    body = {"model": "demo", "messages": [{"role": "user", "content": SECRET_TEXT}]}
    answer = await here.client.post("/v1/chat/completions", json=body, headers={**here.headers, **headers})
    return answer.status_code


async def test_a_callers_trace_goes_on_in_the_gateway(tmp_path: Path) -> None:
    async with collector() as there:
        async with traced(tmp_path, facts(there.url, share=0.0)) as here:
            assert await ask(here) == 200
            assert await ask(here, traceparent=f"00-{TRACE}-{PARENT}-00") == 200  # which records nothing
            assert await ask(here, traceparent=f"00-{TRACE}-{PARENT}-01", tracestate="a=b") == 200
        whole, attempt = sorted(there.spans, key=lambda span: span.kind)
    assert (whole.trace_id.hex(), whole.parent_span_id.hex()) == (TRACE, PARENT)
    assert (attempt.parent_span_id, attempt.trace_id) == (whole.span_id, whole.trace_id)
    assert whole.trace_state == "a=b"
    assert whole.start_time_unix_nano <= attempt.start_time_unix_nano <= attempt.end_time_unix_nano
    assert attempt.end_time_unix_nano <= whole.end_time_unix_nano
    assert said(whole.attributes)["gen_ai.request.model"] == "demo"
    assert said(attempt.attributes)["gen_ai.provider.name"] == "sim"
    assert there.service["service.name"] == "edge"
    assert there.service["service.version"] == "1.2.3"
    assert b"authorization: bearer otlp" in there.heads[0].lower()
    assert not any(SECRET_TEXT.encode() in span.SerializeToString() for span in there.spans)


async def test_a_collector_that_fails_or_is_away_is_no_callers_matter(tmp_path: Path) -> None:
    with refusing() as port:
        began = time.monotonic()
        async with traced(tmp_path, facts(f"http://127.0.0.1:{port}/v1/traces")) as here:
            assert await ask(here) == 200
        assert time.monotonic() - began < 30
    (tmp_path / "other").mkdir()
    async with collector(status=400) as there:
        async with traced(tmp_path / "other", facts(there.url)) as here:
            assert await ask(here) == 200
    assert there.heads


@pytest.mark.parametrize(
    ("sent", "share", "told"),
    [
        ({}, 0.0, False),
        ({}, 1.0, True),
        ({b"traceparent": b"00-%b-%b-01" % (TRACE.encode(), PARENT.encode())}, 0.0, True),
        ({b"traceparent": b"00-%b-%b-00" % (TRACE.encode(), PARENT.encode())}, 1.0, False),
        ({b"traceparent": b"nonsense\xff"}, 1.0, True),
        ({b"traceparent": b"nonsense"}, 0.0, False),
        ({b"tracestate": b"a=b"}, 0.0, False),
    ],
    ids=["none", "all", "recorded", "not recorded", "nonsense", "nonsense of none", "a state alone"],
)
async def test_whose_decision_it_is(sent: dict[bytes, bytes], share: float, told: bool) -> None:
    call = Road({"one": [Answer()]}).call()
    call.headers = tuple(sent.items())
    with refusing() as port:
        tracer = CollectorTracer(facts(f"http://127.0.0.1:{port}", share), "1", lambda: 0.5)
        found = tracer.context(call)
        await tracer.close()
    assert (found is not None) is told
    if b"traceparent" in sent and found is not None and share == 0.0:
        assert get_current_span(found).get_span_context().trace_id == int(TRACE, 16)


async def test_a_trace_that_cannot_be_made_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    call = Road({"one": [Answer()]}).call()
    call.trail.append(("route", "odd", "x", None))  # type: ignore[arg-type]
    async with AsyncExitStack() as stack:
        with refusing() as port:
            tracer = CollectorTracer(facts(f"http://127.0.0.1:{port}"), "1", lambda: 0.0)
            stack.push_async_callback(tracer.close)
            tracer.tell(tracer.context(call), call, Ending(1, 200, ""))
    assert f"the trace of request {call.id} is lost" in caplog.text
