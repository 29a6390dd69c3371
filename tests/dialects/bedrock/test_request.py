"""Requests of Bedrock's callers survive the typed form; those for it have the turns it demands."""

import json
from typing import Any

import pytest

from dialects.bedrock.converse import BedrockConverse
from dialects.conversation import (
    Conversation,
    Format,
    Image,
    Inline,
    Message,
    Native,
    Sampling,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from dialects.conversation import File as Document
from dialects.dialect import Destination
from dialects.errors import Malformed, Unsupported
from tests.dialects.bedrock_aws import problems_of

D = BedrockConverse()
TO = Destination("anthropic.claude-x")
WHOLE: dict[str, Any] = {
    "messages": [
        {"role": "user", "content": [{"text": "hi"}, {"guardContent": {"text": {"text": "g"}}}]},
        {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}},
                {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"toolResult": {"toolUseId": "t", "content": [{"json": {"b": 2}}], "status": "success"}},
                {"cachePoint": {"type": "default"}},
                {"text": "so?"},
            ],
        },
        {"role": "system", "content": [{"text": "be brief now"}]},
        {"role": "assistant", "content": [{"text": "I"}]},
    ],
    "system": [{"text": "be kind"}, {"cachePoint": {"type": "default", "ttl": "1h"}}],
    "inferenceConfig": {"maxTokens": 100, "temperature": 0.5, "topP": 0.9, "stopSequences": ["X"]},
    "additionalModelRequestFields": {
        "anthropic_beta": ["b"],
        "top_k": 40,
        "thinking": {"type": "enabled", "budget_tokens": 2000},
    },
    "outputConfig": {"effort": "low"},
    "toolConfig": {
        "tools": [
            {"toolSpec": {"name": "f", "description": "d", "inputSchema": {"json": {"type": "object"}}}}
        ],
        "toolChoice": {"auto": {}},
    },
    "requestMetadata": {"team": "a"},
    "serviceTier": {"type": "flex"},
    "guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1", "trace": "enabled"},
    "performanceConfig": {"latency": "optimized"},
    "additionalModelResponseFieldPaths": ["/stop_sequence"],
}


def written(*messages: Message, to: Destination = TO, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        D.write_request(Conversation(dialect="x", model="m", messages=messages, **more), to)
    )
    return found


def user(text: str) -> Message:
    return Message("user", (Text(text),))


def test_a_whole_request_comes_out_as_it_went_in() -> None:
    assert problems_of(WHOLE) == ""
    assert json.loads(D.write_request(D.read_request(json.dumps(WHOLE).encode()), TO)) == WHOLE


def test_a_whole_request_is_read() -> None:
    found = D.read_request(json.dumps(WHOLE).encode())
    assert [message.role for message in found.messages] == [
        "system", "user", "assistant", "tool", "user", "system", "assistant"
    ]  # fmt: skip
    assert found.sampling == Sampling(100, 0.5, 0.9, 40, ("X",))
    assert (found.metadata, found.service_tier) == ({"team": "a"}, "flex")
    assert found.messages[1].parts[1] == Native(D.name, WHOLE["messages"][0]["content"][1])
    assert found.extra is not None and found.extra["performanceConfig"] == {"latency": "optimized"}


def test_neighbours_of_one_role_are_one_turn() -> None:
    call, result = ToolCall("t", "f"), ToolResult("t", (Text("a"),))
    body = written(user("a"), user("b"), Message("assistant", (call,)), Message("tool", (result,)), user("c"))
    assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user"]
    assert [next(iter(block)) for block in body["messages"][2]["content"]] == ["toolResult", "text"]


def test_the_user_speaks_first() -> None:
    said = {"role": "assistant", "content": [{"text": "a"}]}
    assert written(Message("assistant", (Text("a"),)))["messages"] == [
        {"role": "user", "content": [{"text": "."}]},
        said,
    ]
    assert written()["messages"] == [{"role": "user", "content": [{"text": "."}]}]


def test_a_document_has_words_beside_it() -> None:
    (turn,) = written(Message("user", (Document(Inline("application/pdf", "AAA=")),)))["messages"]
    assert turn["content"][1:] == [{"text": "."}]


def test_instructions_between_turns_go_to_the_top() -> None:
    body = written(user("a"), Message("system", (Text("x"),)), user("b"))
    assert body["system"] == [{"text": "x"}]
    assert len(body["messages"]) == 1


def test_a_turn_of_which_nothing_is_left_is_no_turn() -> None:
    body = written(user("a"), Message("assistant", (Text(" "), Thinking("x"))), user("b"))
    assert body["messages"] == [{"role": "user", "content": [{"text": "a"}, {"text": "b"}]}]


@pytest.mark.parametrize(
    ("tier", "said"),
    [("standard_only", "default"), ("priority", "priority"), ("auto", None), ("scale", None)],
)
def test_only_known_tiers_are_sent(tier: str, said: str | None) -> None:
    found = written(user("a"), service_tier=tier).get("serviceTier")
    assert found == (said and {"type": said})


def test_what_cannot_be_said_is_refused_all_at_once_or_dropped() -> None:
    messages = (Message("user", (Image(Stored("file-1")), Text("a"))),)
    with pytest.raises(Unsupported, match=r"image\.stored"):
        written(*messages, format=Format("json"))
    lenient = Destination("m", unsupported="drop")
    body = written(*messages, to=lenient, format=Format("json"))
    assert body == {"messages": [{"role": "user", "content": [{"text": "a"}]}]}


def test_a_target_has_the_last_word() -> None:
    to = Destination(
        "m", drops=frozenset(["requestMetadata"]), sets={"performanceConfig": {"latency": "standard"}}
    )
    body = written(user("a"), to=to, metadata={"a": "b"})
    assert body.keys() == {"messages", "performanceConfig"}


def change(**members: Any) -> bytes:
    return json.dumps(WHOLE | members).encode()


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (change(messages=None), "messages"),
        (change(messages=[{"content": []}]), "messages.0.role"),
        (change(messages=[{"role": "tool", "content": []}]), "messages.0.role"),
        (change(messages=[{"role": "user", "content": "hi"}]), "messages.0.content"),
        (change(system="be kind"), "system"),
        (change(requestMetadata={"a": 7}), "requestMetadata.a"),
        (change(serviceTier={}), "serviceTier.type"),
    ],
)
def test_a_wrong_request_is_refused_with_its_place(body: bytes, place: str) -> None:
    with pytest.raises(Malformed) as refused:
        D.read_request(body)
    assert refused.value.param == place


def test_an_empty_turn_is_kept_for_the_vendor_to_judge() -> None:
    assert D.read_request(b'{"messages":[{"role":"user","content":[]}]}').messages == (Message("user", ()),)
