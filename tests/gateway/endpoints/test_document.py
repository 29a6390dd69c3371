"""The document names every path that SDKs call, and no other."""

from config.kinds import OBJECT_PATHS, OPENAI_PATHS
from gateway.endpoints.document import ENDPOINTS, KEPT, RELAYED
from gateway.endpoints.faces import PATHS
from gateway.relaying import paths


def test_every_inference_path_is_described_as_a_call_with_a_body() -> None:
    posted = {endpoint.path: endpoint for endpoint in ENDPOINTS if endpoint.method == "POST"}
    described = {path: endpoint for path, endpoint in posted.items() if endpoint not in (*RELAYED, *KEPT)}
    assert set(described) == {path for path, operation in PATHS if operation in OPENAI_PATHS}
    for endpoint in described.values():
        assert endpoint.body is not None
        assert "model" in endpoint.body["required"]
        assert "application/json" in endpoint.answers


def test_what_can_stream_says_so() -> None:
    described = [endpoint for endpoint in ENDPOINTS if endpoint not in RELAYED]
    streamed = {endpoint.path for endpoint in described if "text/event-stream" in endpoint.answers}
    assert streamed == {"/v1/chat/completions", "/v1/completions"}


def test_every_relayed_path_is_described_with_the_body_that_it_takes() -> None:
    assert {endpoint.path for endpoint in RELAYED} == {path for path, _ in paths.RELAYED}
    forms = {endpoint.path for endpoint in RELAYED if endpoint.media == "multipart/form-data"}
    assert forms == {
        "/v1/images/edits",
        "/v1/images/variations",
        "/v1/audio/transcriptions",
        "/v1/audio/translations",
    }


def test_every_collection_that_is_kept_at_vendors_is_described() -> None:
    assert {endpoint.path.split("/")[2] for endpoint in KEPT} == {each.value for each in OBJECT_PATHS}
