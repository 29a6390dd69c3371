"""What a vendor's own cache spared is in the row of the call, and in what people see of their use."""

from tests.journeys.conftest import Making
from tests.journeys.program import Simulator
from tests.journeys.test_caching import chat


def test_what_a_vendor_had_kept_is_shown_as_saved(
    make_gateway: Making, configuration: str, simulator: Simulator
) -> None:
    gateway = make_gateway(configuration)
    told = {"sim": {"length": 10, "usage": {"input": 5000, "cached": 4000}}}
    with gateway.client() as client:
        answer = client.post("/v1/chat/completions", json=chat("from the start", metadata=told))
        assert answer.json()["usage"]["prompt_tokens_details"]["cached_tokens"] == 4000
        plain = client.post("/v1/chat/completions", json=chat("nothing kept"))
    (row,) = gateway.attempts(answer.headers["x-request-id"])
    (other,) = gateway.attempts(plain.headers["x-request-id"])
    assert row["saved_nano"] > 0
    assert other["saved_nano"] == 0
    total = gateway.command("usage")["total"]
    assert (total["saved_nano"], total["cache_hits"]) == (row["saved_nano"], 0)
