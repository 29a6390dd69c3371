"""The document names every path that SDKs call, and no other."""

from gateway.endpoints.document import ENDPOINTS
from gateway.endpoints.faces import PATHS


def test_every_inference_path_is_described_as_a_call_with_a_body() -> None:
    described = {endpoint.path: endpoint for endpoint in ENDPOINTS if endpoint.method == "POST"}
    assert set(described) == {path for path, _ in PATHS}
    for endpoint in described.values():
        assert endpoint.body is not None
        assert "model" in endpoint.body["required"]
        assert "application/json" in endpoint.answers


def test_what_can_stream_says_so() -> None:
    streamed = {endpoint.path for endpoint in ENDPOINTS if "text/event-stream" in endpoint.answers}
    assert streamed == {"/v1/chat/completions", "/v1/completions"}
