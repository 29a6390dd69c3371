"""Each path speaks its own format, whichever way its SDK writes it."""

import json
from typing import Any

import pytest

from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.paths import ENDPOINTS, endpoint_at
from tests.formats import FORMATS, Format

PATHS = {
    b"/v1/chat/completions": "chat",
    b"/chat/completions": "chat",
    b"/v1/completions": "completions",
    b"/v1/embeddings": "embeddings",
    b"/v1/responses": "responses",
    b"/v1/messages": "messages",
    b"/messages": "messages",
    b"/v2/chat": "cohere_chat",
    b"/v2/embed": "cohere_embed",
    b"/api/chat": "ollama_chat",
    b"/api/generate": "ollama_generate",
    b"/api/embed": "ollama_embed",
    b"/api/embeddings": "ollama_embeddings",
    b"/v1beta/models/small:generateContent": "generate_content",
    b"/v1/models/small:streamGenerateContent?alt=sse": "generate_content",
    b"/v1beta/models/small:streamGenerateContent": "generate_content_array",
    b"/model/small/converse": "converse",
    b"/model/small/converse-stream": "converse",
    b"/openai/deployments/small/chat/completions?api-version=1": "chat",
}


@pytest.mark.parametrize(("url", "name"), PATHS.items(), ids=[path.decode() for path in PATHS])
def test_a_path_speaks_its_format(url: bytes, name: str) -> None:
    endpoint = endpoint_at(url)
    assert endpoint is not None and endpoint.name == name


@pytest.mark.parametrize("url", [b"/", b"/v1/models", b"/sim/bill", b"/model//converse", b"/v2/chat/x"])
def test_other_paths_speak_none(url: bytes) -> None:
    assert endpoint_at(url) is None


def test_a_query_changes_nothing() -> None:
    assert endpoint_at(b"/v1/messages?beta=true") is ENDPOINTS[b"/v1/messages"]


@pytest.mark.parametrize("form", FORMATS.values(), ids=[each.value for each in FORMATS])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_the_model_and_the_stream_are_read_from_body_or_path(form: Format, stream: bool) -> None:
    endpoint = endpoint_at(form.at("small", stream=stream).encode())
    assert endpoint is not None
    asked = endpoint.read(json.dumps(form.ask("small", "Hello", stream=stream)).encode())
    assert (asked.model, asked.stream) == ("small", stream)


def test_a_models_name_in_a_path_may_hold_anything_encoded() -> None:
    endpoint = endpoint_at(b"/model/small%40fault=status%2Cstatus=503/converse")
    assert endpoint is not None
    body: Any = {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
    assert endpoint.read(json.dumps(body).encode()).model == "small@fault=status,status=503"


@pytest.mark.parametrize("form", FORMATS.values(), ids=[each.value for each in FORMATS])
def test_a_refusal_is_written_in_the_paths_format(form: Format) -> None:
    endpoint = endpoint_at(form.at("small", stream=False).encode())
    assert endpoint is not None
    refused = Refused(404, "There is no such model.", code="model_not_found")
    assert form.error(endpoint.error(refused), stream=False) == "There is no such model."
