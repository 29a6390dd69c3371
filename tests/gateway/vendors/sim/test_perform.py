"""Every fault as it arrives on a bare socket, and what the bill says of it."""

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.vendors.sim import tokens
from gateway.vendors.sim.perform import fault_body
from tests.patience import in_time, patient, within

TEXT = "one two three four five six seven"  # 33 bytes, nine tokens
WHOLE_COST_TOKENS = tokens.count(TEXT)


def behave(fault: str | None = None, text: str = TEXT, **more: Any) -> dict[str, Any]:
    behaviour: dict[str, Any] = {"text": text, **{k: more.pop(k) for k in list(more) if k.endswith("_ms")}}
    if "tokens_per_second" in more:
        behaviour["tokens_per_second"] = more.pop("tokens_per_second")
    if fault:
        behaviour["fault"] = {"kind": fault, **more}
    return {"metadata": {"sim": behaviour}}


def events(body: bytes) -> list[Any]:
    """The JSON of every event; what no parser accepts is the string "broken"."""
    found: list[Any] = []
    for line in body.split(b"\n"):
        if line.startswith(b"data: {"):
            try:
                found.append(json.loads(line[6:]))
            except ValueError:
                found.append("broken")
    return found


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(("end", "ending"), [("reset", "reset"), ("close", "fin")])
def test_a_refused_call_hears_not_one_byte_and_costs_nothing(
    sim: Any, stream: bool, end: str, ending: str
) -> None:
    heard = sim.raw(sim.request(stream=stream, **behave("refuse", end=end)))
    assert (heard.data, heard.ending) == (b"", ending)
    (line,) = sim.lines()
    assert (line["status"], line["nano_dollars"], line["fault"], line["input"]) == (0, 0, "refuse", 0)


def test_a_status_comes_with_its_headers_and_body_and_costs_nothing(sim: Any) -> None:
    fault = behave("status", status=429, headers={"Retry-After": "7"}, body={"error": "slow down"})
    answer = sim.chat(**fault)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json() == {"error": "slow down"}
    (line,) = sim.lines()
    assert (line["status"], line["nano_dollars"]) == (429, 0)


def test_a_status_without_a_body_speaks_the_dialect(sim: Any) -> None:
    error = sim.chat("small@fault=status,status=503").json()["error"]
    assert (error["type"], error["param"]) == ("server_error", None)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_stalled_headers_never_come_and_the_input_is_owed(sim: Any, stream: bool) -> None:
    heard = sim.raw(sim.request(stream=stream, **behave("stall_headers")), wait=0.3)
    assert (heard.data, heard.ending) == (b"", "open")
    line = wait_for_line(sim)
    assert line["input"] > 0
    assert (line["output"], line["status"], line["cancelled"]) == (0, 0, True)


@pytest.mark.parametrize(
    ("stream", "said"), [(False, b""), (True, b'"role":"assistant"')], ids=["whole", "stream"]
)
def test_stalled_content_leaves_headers_and_role_behind(sim: Any, stream: bool, said: bytes) -> None:
    heard = sim.raw(sim.request(stream=stream, **behave("stall_content")), wait=0.3)
    assert heard.data.startswith(b"HTTP/1.1 200") and heard.ending == "open"
    assert said in heard.body and heard.content == ""
    line = wait_for_line(sim)
    assert (line["output"], line["status"], line["cancelled"]) == (0, 200, True)


@pytest.mark.parametrize(("end", "ending"), [("reset", "reset"), ("close", "fin")])
@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_cut_stream_holds_what_came_before_and_bills_exactly_that(
    sim: Any, after: int, end: str, ending: str
) -> None:
    heard = sim.raw(sim.request(stream=True, **behave("cut_text", after=after, end=end)))
    assert heard.ending == ending
    assert heard.content == TEXT[: after * 4]
    line = wait_for_line(sim)
    assert (line["output"], line["usage_delivered"], line["cancelled"]) == (after, False, False)


def test_a_cut_whole_answer_is_half_there_and_owed_in_full(sim: Any) -> None:
    heard = sim.raw(sim.request(**behave("cut_text")))
    length = int(heard.data.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert heard.ending == "reset" and len(heard.body) == length // 2
    line = wait_for_line(sim)
    assert (line["output"], line["usage_delivered"]) == (WHOLE_COST_TOKENS, False)


def test_a_tool_call_is_cut_amid_its_arguments(sim: Any) -> None:
    calls = [{"name": "look", "arguments": {"where": "everywhere"}}]
    behaviour = {"sim": {"tool_calls": calls, "fault": {"kind": "cut_tool", "after": 3}}}
    heard = sim.raw(sim.request(stream=True, metadata=behaviour))
    calls_heard = [e["choices"][0]["delta"].get("tool_calls") for e in events(heard.body)]
    fragments = [call[0]["function"]["arguments"] for call in calls_heard if call]
    assert fragments == ["", '{"wh', 'ere"']
    assert heard.ending == "reset"
    assert wait_for_line(sim)["output"] == 1 + 2


def test_a_malformed_event_stands_amid_the_others(sim: Any) -> None:
    heard = sim.raw(sim.request(stream=True, **behave("malformed", after=2)))
    found = events(heard.body)
    assert found[3] == "broken" and found.count("broken") == 1
    assert heard.body.endswith(b"[DONE]\n\n\r\n0\r\n\r\n")


def test_a_malformed_whole_answer_is_complete_and_no_json(sim: Any) -> None:
    answer = sim.chat(**behave("malformed"))
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()


@pytest.mark.parametrize(("after", "before"), [(0, 0), (1, 2), (3, 4)])
def test_an_error_in_the_stream_comes_in_its_place_and_ends_it(sim: Any, after: int, before: int) -> None:
    heard = sim.raw(sim.request(stream=True, **behave("inband_error", after=after)))
    found = events(heard.body)
    assert heard.ending == "complete" and b"[DONE]" not in heard.body
    assert len(found) == before + 1
    assert found[-1]["error"]["code"] == "simulated_failure"
    assert wait_for_line(sim)["output"] == after


def test_an_error_in_a_whole_answer_has_status_200_and_bills_the_input(sim: Any) -> None:
    answer = sim.chat(**behave("inband_error"))
    assert (answer.status_code, list(answer.json())) == (200, ["error"])
    (line,) = sim.lines()
    assert line["input"] > 0 and line["output"] == 0


def test_a_stream_without_usage_ends_well_and_is_owed_in_full(sim: Any) -> None:
    heard = sim.raw(sim.request(stream=True, **behave("no_usage")))
    assert heard.ending == "complete" and b"[DONE]" in heard.body
    assert all(event["usage"] is None for event in events(heard.body))
    line = wait_for_line(sim)
    assert (line["output"], line["usage_delivered"]) == (WHOLE_COST_TOKENS, False)


def test_a_whole_answer_without_usage_has_no_such_key(sim: Any) -> None:
    assert "usage" not in sim.chat(**behave("no_usage")).json()
    assert sim.lines()[0]["usage_delivered"] is False


def test_a_stream_without_a_finish_ends_as_if_nothing_were_wrong(sim: Any) -> None:
    heard = sim.raw(sim.request(stream=True, **behave("no_finish")))
    assert heard.ending == "complete" and heard.content == TEXT
    assert b"[DONE]" not in heard.body
    assert all(event["choices"][0]["finish_reason"] is None for event in events(heard.body))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 12), text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_was_received_before_a_cut_is_what_is_billed(sim: Any, cut: int, text: str) -> None:
    sim.reset()
    body = sim.request(stream=True, **behave("cut_text", text=text, after=cut))
    heard = sim.raw(body)
    line = wait_for_line(sim)
    assert text.startswith(heard.content)
    assert line["output"] == tokens.count(heard.content) == min(cut, tokens.count(text))
    price = sim.get("/sim/prices")["prices"]["small"]
    exact = line["input"] * price["input"] + line["output"] * price["output"]
    assert line["nano_dollars"] == (exact + 500_000) // 1_000_000


@patient
def test_a_caller_who_leaves_a_slow_stream_pays_for_what_was_produced_until_then(sim: Any) -> None:
    sim.reset()
    body = sim.request(stream=True, **behave(text="x" * 4000, tokens_per_second=50))
    with sim.connect(body) as connection:
        while connection.recv(65536).count(b"xxxx") < 1:
            pass
    with within(1):
        line = wait_for_line(sim)
    assert line["output"] >= 1
    in_time(line["output"] / 50, 2)
    assert (line["cancelled"], line["usage_delivered"]) == (True, False)
    assert sim.get("/sim/stats")["open_streams"] == 0


@patient
def test_a_caller_who_leaves_a_whole_answer_pays_for_the_time_until_then(sim: Any) -> None:
    sim.reset()
    with sim.connect(sim.request(**behave(text="x" * 4000, tokens_per_second=100))):
        while not sim.get("/sim/stats")["open_calls"]:
            time.sleep(0.005)
        time.sleep(0.25)
    line = wait_for_line(sim)
    assert line["output"] >= 20
    in_time(line["output"] / 100, 1)
    assert (line["cancelled"], line["status"]) == (True, 0)


def test_a_caller_who_leaves_before_the_vectors_come_pays_for_the_input(sim: Any) -> None:
    body = {"model": "embed-small", "input": "12345", "metadata": {"sim": "first_ms=60000"}}
    with sim.connect(body, "/v1/embeddings"):
        time.sleep(0.05)
    line = wait_for_line(sim)
    assert (line["input"], line["output"], line["cancelled"], line["usage_delivered"]) == (2, 0, True, False)


@patient
def test_the_pace_is_kept(sim: Any) -> None:
    began = time.monotonic()
    with within(1):
        sim.chat(stream=True, **behave(headers_ms=50, first_ms=100, tokens_per_second=80))
    assert time.monotonic() - began >= 0.15 + (WHOLE_COST_TOKENS - 1) / 80


def test_the_headers_come_before_the_first_token(sim: Any) -> None:
    body = sim.request(stream=True, **behave(first_ms=20_000))
    began = time.monotonic()
    with sim.connect(body) as connection:
        assert connection.recv(12) == b"HTTP/1.1 200"
        assert time.monotonic() - began < 10


def test_headers_can_be_added_and_replaced(sim: Any) -> None:
    headers = {"x-ratelimit-remaining-requests": "0", "X-Extra": "1"}
    answer = sim.chat(metadata={"sim": {"headers": headers}})
    assert answer.headers.get_list("x-ratelimit-remaining-requests") == ["0"]
    assert answer.headers["x-extra"] == "1"


@pytest.mark.parametrize(
    ("body", "written"), [(None, b"otherwise"), ("as it is", b"as it is"), ({"a": 1}, b'{"a":1}')]
)
def test_the_body_of_a_status_is_scripted_or_the_dialects(body: Any, written: bytes) -> None:
    assert fault_body(body, b"otherwise") == written


def wait_for_line(sim: Any) -> dict[str, Any]:
    """The call's line, which is written when the simulator has seen the connection end."""
    deadline = time.monotonic() + 20
    while not (lines := sim.lines()) and time.monotonic() < deadline:
        time.sleep(0.005)
    (line,) = lines
    found: dict[str, Any] = line
    return found
