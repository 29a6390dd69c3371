"""The document names every path that SDKs call, and no other."""

from config.kinds import OBJECT_PATHS
from gateway.batching.messages import PATH
from gateway.endpoints.document import BATCHED, ENDPOINTS, KEPT, LISTED, RELAYED, RUNS, TOLD
from gateway.endpoints.faces import PATHS, patterns
from gateway.endpoints.invoking import invoked
from gateway.relaying import paths

POSTS = [endpoint for endpoint in ENDPOINTS if endpoint.method == "POST"]
OTHERS = (*LISTED, *RELAYED, *KEPT, *TOLD, *BATCHED, *RUNS)
CALLS = {endpoint.path: endpoint for endpoint in POSTS if endpoint not in OTHERS}
NAMED = {path for path in CALLS if "{model}" in path}


def test_every_inference_path_is_described_as_a_call_with_a_body() -> None:
    assert set(CALLS) - NAMED == {path for path, _ in PATHS}
    for path, endpoint in CALLS.items():
        assert endpoint.body is not None and endpoint.answers
        if path not in NAMED:
            assert "model" in endpoint.body["required"]


def test_every_path_that_names_a_model_is_one_of_the_doors_and_the_other_way_round() -> None:
    found, named = set(), [*patterns(), *invoked()]
    for path in NAMED:
        url = path.replace("{model}", "some-model").encode() + b"?alt=sse"
        fits = [pattern for pattern in named if pattern.model(url) == "some-model"]
        assert fits, path
        found.update(pattern.expression.pattern for pattern in fits)
    everywhere = {pattern.expression.pattern for pattern in named}
    elsewhere = {path for path in everywhere if b"/openai/deployments/" in path or b"count-tokens" in path}
    assert found | elsewhere == everywhere


def test_what_can_stream_says_so() -> None:
    streamed = {endpoint.path for endpoint in CALLS.values() if len(endpoint.answers) > 1}
    assert {"/v1/chat/completions", "/v1/responses", "/v1/messages", "/v2/chat", "/api/chat"} <= streamed
    assert not any("embed" in path or "count" in path for path in streamed)


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


def test_every_batch_of_messages_is_described_below_its_path() -> None:
    assert {endpoint.path.removeprefix(PATH) for endpoint in BATCHED} == {
        "",
        "/{batch}",
        "/{batch}/cancel",
        "/{batch}/results",
    }
