"""What leads to a vendor's account is found in every format, and what a caller's own program says is not."""

from typing import Any

import msgspec
import pytest

from config.kinds import Operation
from dialects.account_names import made_in, model_in, names_in
from dialects.errors import Malformed
from dialects.plain import NAMING, is_plain

CHAT, RESPONSES, MESSAGES = Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES
GEMINI, CONVERSE = Operation.GENERATE_CONTENT, Operation.CONVERSE
UPLOADED = "https://generativelanguage.googleapis.com/v1beta/files/x"


def said(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": list(parts)}]}


def item(**members: Any) -> dict[str, Any]:
    return {"model": "m", "input": [members]}


def tool(**members: Any) -> dict[str, Any]:
    return {"model": "m", "input": "x", "tools": [members]}


def part(**members: Any) -> dict[str, Any]:
    return {"contents": [{"parts": [members]}]}


def source(**members: Any) -> dict[str, Any]:
    return said({"type": "document", "source": members})


def bedrock(**members: Any) -> dict[str, Any]:
    return said({"document": {"format": "pdf", "name": "d", "source": {"s3Location": members}}})


SOUGHT = [
    (CHAT, said({"type": "file", "file": {"file_id": "i"}}), "messages.0.content.0.file.file_id", "files"),
    (CHAT, said({"type": "file", "file_id": "i"}), "messages.0.content.0.file_id", "files"),
    (
        CHAT,
        {"messages": [{"role": "assistant", "audio": {"id": "i"}}]},
        "messages.0.audio.id",
        "audio",
    ),
    (CHAT, {"messages": [], "audio": {"format": "wav", "voice": {"id": "i"}}}, "audio.voice.id", "voices"),
    (
        CHAT,
        {"messages": [], "tools": [{"type": "file_search", "vector_store_ids": ["i"]}]},
        "tools.0.vector_store_ids.0",
        "vector_stores",
    ),
    (
        CHAT,
        {"messages": [], "data_sources": [{"type": "azure_search", "parameters": {"endpoint": "i"}}]},
        "data_sources.0",
        "data sources",
    ),
    (RESPONSES, {"previous_response_id": "i"}, "previous_response_id", "responses"),
    (RESPONSES, {"conversation": "i"}, "conversation", "conversations"),
    (RESPONSES, {"conversation": {"id": "i"}}, "conversation.id", "conversations"),
    (RESPONSES, {"prompt": {"id": "i"}}, "prompt.id", "prompts"),
    (
        RESPONSES,
        {"prompt": {"variables": {"a": {"type": "input_file", "file_id": "i"}}}},
        "prompt.variables.a.file_id",
        "files",
    ),
    (RESPONSES, item(type="item_reference", id="i"), "input.0.id", "responses"),
    (RESPONSES, item(id="i"), "input.0.id", "responses"),
    (RESPONSES, item(type="message", id="i"), "input.0.id", "responses"),
    (RESPONSES, item(type="image_generation_call", id="i"), "input.0.id", "responses"),
    (RESPONSES, item(type="mcp_call", id="i"), "input.0.id", "responses"),
    (
        RESPONSES,
        item(role="user", content=[{"type": "input_image", "file_id": "i"}]),
        "input.0.content.0.file_id",
        "files",
    ),
    (
        RESPONSES,
        item(type="function_call_output", call_id="c", output=[{"type": "input_file", "file_id": "i"}]),
        "input.0.output.0.file_id",
        "files",
    ),
    (
        RESPONSES,
        tool(type="file_search", vector_store_ids=["i"]),
        "tools.0.vector_store_ids.0",
        "vector_stores",
    ),
    (RESPONSES, tool(type="code_interpreter", container="i"), "tools.0.container", "containers"),
    (
        RESPONSES,
        tool(type="code_interpreter", container={"type": "auto", "file_ids": ["i"]}),
        "tools.0.container.file_ids.0",
        "files",
    ),
    (
        RESPONSES,
        tool(type="image_generation", input_image_mask={"file_id": "i"}),
        "tools.0.input_image_mask.file_id",
        "files",
    ),
    (
        RESPONSES,
        tool(type="shell", environment={"type": "container_reference", "container_id": "i"}),
        "tools.0.environment.container_id",
        "containers",
    ),
    (MESSAGES, source(type="file", file_id="i"), "messages.0.content.0.source.file_id", "files"),
    (MESSAGES, said({"type": "container_upload", "file_id": "i"}), "messages.0.content.0.file_id", "files"),
    (
        MESSAGES,
        said({"type": "tool_result", "content": [{"type": "image", "source": {"file_id": "i"}}]}),
        "messages.0.content.0.content.0.source.file_id",
        "files",
    ),
    (MESSAGES, {"container": "i", "messages": []}, "container", "containers"),
    (
        MESSAGES,
        {"container": {"skills": [{"type": "custom", "skill_id": "i"}]}, "messages": []},
        "container.skills.0.skill_id",
        "skills",
    ),
    (GEMINI, {"cachedContent": "i", "contents": []}, "cachedContent", "cached contents"),
    (GEMINI, {"cached_content": "i", "contents": []}, "cached_content", "cached contents"),
    (GEMINI, part(fileData={"fileUri": UPLOADED}), "contents.0.parts.0.fileData.fileUri", "addresses"),
    (GEMINI, part(file_data={"file_uri": "files/x"}), "contents.0.parts.0.file_data.file_uri", "addresses"),
    (
        GEMINI,
        part(functionResponse={"name": "f", "parts": [{"fileData": {"fileUri": "gs://b/x"}}]}),
        "contents.0.parts.0.functionResponse.parts.0.fileData.fileUri",
        "addresses",
    ),
    (
        GEMINI,
        {"tools": [{"fileSearch": {"fileSearchStoreNames": ["i"]}}]},
        "tools.0.fileSearch.fileSearchStoreNames.0",
        "file search stores",
    ),
    (
        GEMINI,
        {"tools": [{"retrieval": {"vertexAiSearch": {"datastore": "projects/p/i"}}}]},
        "tools.0.retrieval.vertexAiSearch.datastore",
        "data stores",
    ),
    (
        Operation.BATCH_EMBED_CONTENTS,
        {"requests": [{"content": {"parts": [{"fileData": {"fileUri": "gs://b/x"}}]}}]},
        "requests.0.content.parts.0.fileData.fileUri",
        "addresses",
    ),
    (
        CONVERSE,
        bedrock(uri="s3://b/x"),
        "messages.0.content.0.document.source.s3Location.uri",
        "addresses",
    ),
    (
        CONVERSE,
        {"messages": [], "guardrailConfig": {"guardrailIdentifier": "i"}},
        "guardrailConfig.guardrailIdentifier",
        "guardrails",
    ),
]


@pytest.mark.parametrize(("operation", "body", "place", "kind"), SOUGHT)
def test_what_leads_to_an_account_is_found_with_its_place(
    operation: Operation, body: dict[str, Any], place: str, kind: str
) -> None:
    encoded = msgspec.json.encode(body)
    assert not is_plain(operation, encoded)
    found = names_in(operation, encoded)
    assert [(name.place, name.kind, name.shown) for name in found] == [(place, kind, False)]


@pytest.mark.parametrize(
    "address",
    [
        "gs://bucket/x",
        " GS://bucket/x",
        "s3://bucket/x",
        "file:///etc/passwd",
        UPLOADED,
        "https://user@GenerativeLanguage.googleapis.com:443/v1beta/files/x",
        "https://generativelanguage%2Egoogleapis.com/v1beta/files/x",
        "https://storage.cloud.google.com/b/x",
    ],
)
@pytest.mark.parametrize("shape", ["text", "object", "source", "responses", "bare"])
def test_an_address_inside_is_found_in_whatever_format_it_stands(address: str, shape: str) -> None:
    bodies = {
        "text": said({"type": "image_url", "image_url": address}),
        "object": said({"type": "image_url", "image_url": {"url": address}}),
        "source": source(type="url", url=address),
        "responses": item(role="user", content=[{"type": "input_file", "file_url": address}]),
        "bare": said({"type": "file", "file": {"file_data": address}}),
    }
    assert [name.id for name in names_in(CHAT, msgspec.json.encode(bodies[shape]))] == [address]


OTHERS = [
    (CHAT, said({"type": "image_url", "image_url": {"url": "https://example.org/gs://x"}})),
    (CHAT, said({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}})),
    (CHAT, said({"type": "file", "file": {"file_data": "JVBERi0x", "filename": "gs://x"}})),
    (CHAT, {"messages": [], "audio": {"format": "wav", "voice": "alloy"}, "modalities": ["audio"]}),
    (
        CHAT,
        {
            "data_sources": [
                {"parameters": {"endpoint": "e", "authentication": {"type": "api_key", "key": "k"}}}
            ]
        },
    ),
    (CHAT, {"engine": "davinci", "messages": []}),
    (RESPONSES, tool(type="code_interpreter", container={"type": "auto"})),
    (RESPONSES, tool(type="function", parameters={"examples": [{"file_id": "x"}]})),
    (RESPONSES, item(role="user", content="x", id="i")),
    (RESPONSES, item(type="image_generation_call", id="i", result="AAAA")),
    (
        RESPONSES,
        item(type="message", role="assistant", content=[{"annotations": [{"file_id": "x"}]}]),
    ),
    (RESPONSES, item(type="file_search_call", id="i", queries=[], results=[{"file_id": "x"}])),
    (MESSAGES, {"container": {"skills": [{"type": "anthropic", "skill_id": "pptx"}]}, "messages": []}),
    (MESSAGES, said({"type": "tool_use", "name": "f", "input": {"file_id": "x", "url": "gs://x"}})),
    (GEMINI, part(functionCall={"name": "f", "args": {"file_id": "x"}})),
    (GEMINI, part(fileData={"fileUri": "https://www.youtube.com/watch?v=x"})),
    (CONVERSE, said({"toolUse": {"name": "f", "toolUseId": "t", "input": {"file_id": "x"}}})),
    (CONVERSE, said({"toolResult": {"toolUseId": "t", "content": [{"json": {"file_id": "x"}}]}})),
]


@pytest.mark.parametrize(("operation", "body"), OTHERS)
def test_what_no_vendor_follows_is_no_name(operation: Operation, body: dict[str, Any]) -> None:
    assert names_in(operation, msgspec.json.encode(body)) == []


def test_what_is_shown_again_is_told_apart() -> None:
    thought = names_in(RESPONSES, b'{"input": [{"type": "reasoning", "id": "i", "summary": []}]}')
    written = names_in(MESSAGES, b'{"messages": [{"content": [{"type": "x_output", "file_id": "i"}]}]}')
    assert [name.shown for name in (*thought, *written)] == [True, True]
    assert made_in({"content": [{"type": "x_output", "file_id": "i"}, {"file_id": "j"}]}) == [
        ("content.0.file_id", "files", "i", True)
    ]


def test_a_tools_input_is_free_and_the_requests_own_is_not() -> None:
    body = b'{"name": "x", "type": "tool_use", "input": [{"content": [{"file_id": "i"}]}]}'
    assert [name.id for name in names_in(RESPONSES, body)] == ["i"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"messages": [{"file\\u005fid": "i"}]}',
        b'{"messages": [{"File_Id": "i"}]}',
        b'{"messages": [{"fileId": "i"}], "seed": 1e999}',
        b'{"messages": [{"file_id": "i"}, "\xff"]}',
    ],
)
def test_no_way_of_writing_hides_a_name(body: bytes) -> None:
    assert not is_plain(CHAT, body)
    assert [name.id for name in names_in(CHAT, body)] == ["i"]


def test_what_nobody_can_read_is_refused() -> None:
    with pytest.raises(Malformed):
        names_in(CHAT, b"{")


@pytest.mark.parametrize("operation", sorted(NAMING))
def test_what_is_no_request_is_not_plain(operation: Operation) -> None:
    for body in (b"", b"[]", b"{", b'"x"', b'{"anything": 1}'):
        assert not is_plain(operation, body)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("openai/ft:gpt-4o-mini:acme::x", "ft:gpt-4o-mini:acme::x"),
        ("ft:gpt-4o-mini:acme::x:ckpt-step-9", "ft:gpt-4o-mini:acme::x:ckpt-step-9"),
        ("bedrock/arn:aws:bedrock:eu-west-1:1:custom-model/x", "arn:aws:bedrock:eu-west-1:1:custom-model/x"),
        ("tunedModels/x", "tunedModels/x"),
        ("vertex/projects/p/locations/l/endpoints/1", "projects/p/locations/l/endpoints/1"),
        ("vertex/projects/p/locations/l/publishers/google/models/m", None),
        ("arn:aws:bedrock:eu-west-1::foundation-model/x", None),
        ("arn:aws:bedrock:eu-west-1:1:inference-profile/eu.x", None),
        ("ollama/draft:latest", None),
        ("openai/gpt-4o", None),
    ],
)
def test_a_model_of_the_accounts_own_is_told_from_everybodys(model: str, name: str | None) -> None:
    found = model_in(model)
    assert (None if found is None else found.id) == name
