"""With `server.on_disconnect: drain` a left call goes on, and the vendor's own word is billed."""

from tests.journeys.conftest import Making
from tests.journeys.program import Simulator

WORDS = [{"role": "user", "content": "Describe every signal between here and the sea."}]
SLOW = {"sim": {"length": 60, "tokens_per_second": 100}}


def test_a_stream_that_was_left_is_billed_by_the_vendors_usage(
    make_gateway: Making, configuration: str, simulator: Simulator
) -> None:
    gateway = make_gateway(configuration + "server: { on_disconnect: drain }\n")
    body = {"model": "small", "messages": WORDS, "stream": True, "metadata": SLOW}
    with gateway.client() as client, client.stream("POST", "/v1/chat/completions", json=body) as response:
        request = response.headers["x-request-id"]
        assert next(response.iter_lines()).startswith("data: ")
    (row,) = gateway.attempts(request)
    assert (row["status"], row["estimated"], row["output_tokens"]) == ("ok", 0, 60)
    (line,) = [line for line in simulator.bill() if line["client_request_id"] == f"{request}.1"]
    assert (line["cancelled"], line["nano_dollars"]) == (False, row["cost_nano"])
    assert gateway.metric("signalbox_requests_total", status="499") == 1
    assert gateway.metric("signalbox_open_streams") == 0
