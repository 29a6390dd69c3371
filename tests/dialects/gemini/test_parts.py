"""Every kind of part is read, and written as the vendor takes it."""

import json
from typing import Any

import pytest

from dialects.conversation import (
    Audio,
    File,
    Image,
    Inline,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
    Video,
)
from dialects.errors import Malformed
from dialects.gemini.parts import longer, read_part, write_part, write_parts
from dialects.gemini.signatures import PLACEHOLDER

UPLOADED = "https://generativelanguage.googleapis.com/v1beta/files/abc"


def signed(signature: str) -> Thinking:
    return Thinking("", signature, "gemini")


KINDS: list[tuple[dict[str, Any], tuple[Part, ...]]] = [
    ({"text": "hi"}, (Text("hi"),)),
    ({"text": "hi", "partMetadata": {"a": 1}}, (Text("hi", extra={"partMetadata": {"a": 1}}),)),
    ({"text": "hi", "thoughtSignature": "c2ln"}, (signed("c2ln"), Text("hi"))),
    ({"text": "", "thoughtSignature": "c2ln"}, (signed("c2ln"),)),
    ({"text": "hm", "thought": True}, (Thinking("hm", None, "gemini"),)),
    ({"text": "hm", "thought": True, "thoughtSignature": "c2ln"}, (Thinking("hm", "c2ln", "gemini"),)),
    (
        {"functionCall": {"id": "x1", "name": "f", "args": {"a": 1}}, "thoughtSignature": "c2ln"},
        (ToolCall("x1", "f", '{"a":1}', "c2ln"),),
    ),
    (
        {"functionCall": {"id": "x1", "name": "f", "args": {}, "willContinue": False}},
        (ToolCall("x1", "f", "{}", extra={"functionCall": {"willContinue": False}}),),
    ),
    (
        {"functionResponse": {"name": "f", "id": "x1", "response": {"output": "ok"}}},
        (ToolResult("x1", (Text("ok"),), "f"),),
    ),
    (
        {"functionResponse": {"name": "f", "id": "x1", "response": {"error": "no"}, "willContinue": True}},
        (ToolResult("x1", (Text("no"),), "f", True, extra={"functionResponse": {"willContinue": True}}),),
    ),
    (
        {"functionResponse": {"name": "f", "id": "x1", "response": {"degrees": 20, "unit": "C"}}},
        (ToolResult("x1", (Text('{"degrees":20,"unit":"C"}'),), "f"),),
    ),
    (
        {
            "functionResponse": {
                "name": "f",
                "id": "x1",
                "response": {"output": "see"},
                "parts": [{"inlineData": {"mimeType": "image/png", "data": "AA=="}}],
            }
        },
        (ToolResult("x1", (Text("see"), Image(Inline("image/png", "AA=="))), "f"),),
    ),
    ({"inlineData": {"mimeType": "image/png", "data": "AA=="}}, (Image(Inline("image/png", "AA==")),)),
    (
        {"inlineData": {"mimeType": "image/png", "data": "AA=="}, "thoughtSignature": "c2ln"},
        (signed("c2ln"), Image(Inline("image/png", "AA=="))),
    ),
    (
        {"inlineData": {"mimeType": "audio/wav", "data": "AA=="}, "mediaResolution": {"level": "x"}},
        (Audio(Inline("audio/wav", "AA=="), extra={"mediaResolution": {"level": "x"}}),),
    ),
    ({"inlineData": {"mimeType": "text/plain", "data": "AA=="}}, (File(Inline("text/plain", "AA==")),)),
    (
        {"fileData": {"mimeType": "video/mp4", "fileUri": "https://example.com/a"}},
        (Video(Url("https://example.com/a", "video/mp4")),),
    ),
    (
        {"fileData": {"mimeType": "application/pdf", "fileUri": UPLOADED}},
        (File(Stored(UPLOADED, "application/pdf")),),
    ),
    (
        {"fileData": {"mimeType": "image/png", "fileUri": "gs://bucket/a.png"}},
        (Image(Stored("gs://bucket/a.png", "image/png")),),
    ),
    (
        {"executableCode": {"language": "PYTHON", "code": "1"}},
        (Native("gemini", {"executableCode": {"language": "PYTHON", "code": "1"}}),),
    ),
    (
        {"codeExecutionResult": {"outcome": "OUTCOME_OK"}, "thoughtSignature": "c2ln"},
        (Native("gemini", {"codeExecutionResult": {"outcome": "OUTCOME_OK"}, "thoughtSignature": "c2ln"}),),
    ),
]


@pytest.mark.parametrize(("wire", "parts"), KINDS, ids=lambda value: str(value)[:40])
def test_a_part_is_read_and_written_again(wire: dict[str, Any], parts: tuple[Part, ...]) -> None:
    assert read_part(wire, "p", "minted") == parts
    assert write_parts(parts, {}) == [wire]


@pytest.mark.parametrize(
    ("wire", "parts"),
    [
        ({"functionCall": {"name": "f"}}, (ToolCall("minted", "f", "{}"),)),
        ({"functionCall": {"name": "f"}, "thoughtSignature": PLACEHOLDER}, (ToolCall("minted", "f", "{}"),)),
        ({"text": "hi", "thoughtSignature": PLACEHOLDER}, (Text("hi"),)),
        ({"functionResponse": {"name": "f"}}, (ToolResult("", (), "f"),)),
        (
            {"functionResponse": {"name": "f", "response": {"result": "ok"}}},
            (ToolResult("", (Text("ok"),), "f"),),
        ),
        (
            {"functionResponse": {"name": "f", "response": {"error": {"code": 1}}}},
            (ToolResult("", (Text('{"code":1}'),), "f", True),),
        ),
        (
            {"fileData": {"fileUri": "https://example.com/a.PNG?x=1"}},
            (Image(Url("https://example.com/a.PNG?x=1", "image/png")),),
        ),
        ({"fileData": {"fileUri": "https://example.com/a"}}, (File(Url("https://example.com/a")),)),
        (
            {"inlineData": {"mime_type": "application/pdf", "data": "AA==", "display_name": "a.pdf"}},
            (File(Inline("application/pdf", "AA=="), "a.pdf"),),
        ),
        ({}, (Native("gemini", {}),)),
    ],
    ids=str,
)
def test_other_spellings_are_read(wire: dict[str, Any], parts: tuple[Part, ...]) -> None:
    assert read_part(wire, "p", "minted") == parts


@pytest.mark.parametrize(
    ("wire", "place"),
    [
        ({"text": 7}, "p.text"),
        ({"text": "a", "thought": "yes"}, "p.thought"),
        ({"text": "a", "thoughtSignature": 7}, "p.thoughtSignature"),
        ({"functionCall": "f"}, "p.functionCall"),
        ({"functionCall": {}}, "p.functionCall.name"),
        ({"functionCall": {"name": "f", "args": "{}"}}, "p.functionCall.args"),
        ({"functionResponse": {"response": "ok"}}, "p.functionResponse.response"),
        ({"functionResponse": {"parts": [7]}}, "p.functionResponse.parts.0"),
        ({"inlineData": {"data": "AA=="}}, "p.inlineData"),
        ({"fileData": {"mimeType": "image/png"}}, "p.fileData.fileUri"),
    ],
    ids=str,
)
def test_wrong_types_are_refused_with_their_place(wire: dict[str, Any], place: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_part(wire, "p", "minted")
    assert refused.value.param == place


@pytest.mark.parametrize(
    ("part", "wire"),
    [
        (Refusal("no"), [{"text": "no"}]),
        (Text(""), []),
        (Native("other", {"type": "x"}), []),
        (
            Image(Url("https://example.com/a")),
            [{"fileData": {"mimeType": "image/jpeg", "fileUri": "https://example.com/a"}}],
        ),
        (
            Thinking("hm", "s", "anthropic"),
            [{"text": "hm", "thought": True, "thoughtSignature": "c2lnbmFsYm94Ojo6YW50aHJvcGljOnNpZ25lZDpz"}],
        ),
        (
            RedactedThinking("d", "anthropic"),
            [
                {
                    "text": "",
                    "thought": True,
                    "thoughtSignature": "c2lnbmFsYm94Ojo6YW50aHJvcGljOnJlZGFjdGVkOmQ=",
                }
            ],
        ),
        (ToolResult("x", ()), [{"functionResponse": {"name": "x", "id": "x", "response": {"output": ""}}}]),
        (ToolResult("c1", ()), [{"functionResponse": {"name": "f", "id": "c1", "response": {"output": ""}}}]),
        (
            ToolResult("", (Text("a"), Text("b"))),
            [{"functionResponse": {"name": "function", "response": {"output": "a\nb"}}}],
        ),
        (
            ToolResult("c1", (Text('{"error":"x"}'),)),
            [{"functionResponse": {"name": "f", "id": "c1", "response": {"output": '{"error":"x"}'}}}],
        ),
    ],
    ids=str,
)
def test_what_the_format_has_other_words_for_is_said_in_them(part: Part, wire: list[dict[str, Any]]) -> None:
    assert write_parts((part,), {"c1": "f"}) == wire


def test_arguments_are_an_object_whatever_the_model_wrote_and_come_back() -> None:
    for text in ('{"a":1}', "{}", '{"a":', "[1]"):
        (wire,) = write_parts((ToolCall("x", "f", text),), {})
        assert isinstance(wire["functionCall"]["args"], dict)
        assert read_part(wire, "p", "minted") == (ToolCall("x", "f", text),)


@pytest.mark.parametrize("value", [2**70, "\ud83d"], ids=["more than 64 bits", "half a surrogate pair"])
def test_arguments_that_few_writers_take_are_kept(value: Any) -> None:
    (call,) = read_part({"functionCall": {"name": "f", "args": {"a": value}}}, "p", "minted")
    assert isinstance(call, ToolCall)
    assert json.loads(call.arguments) == {"a": value}


def test_signatures_stay_at_the_part_they_came_with() -> None:
    parts = (Text("a"), signed("s1"), Text("b"), signed("s2"), ToolCall("x", "f"), signed("s3"))
    assert write_parts(parts, {}) == [
        {"text": "a"},
        {"text": "b", "thoughtSignature": "s1"},
        {"text": "", "thoughtSignature": "s2"},
        {"functionCall": {"id": "x", "name": "f", "args": {}}},
        {"text": "", "thoughtSignature": "s3"},
    ]


def test_pieces_grow_together_until_they_are_signed() -> None:
    parts: tuple[Part, ...] = ()
    for piece in (Thinking("a"), Thinking("b", "s", "gemini"), Thinking("c"), Text("d"), Text("e")):
        parts = longer(parts, piece)
    assert parts == (Thinking("ab", "s", "gemini"), Thinking("c"), Text("de"))


def test_a_type_that_the_vendor_does_not_take_is_called_as_it_should_be() -> None:
    assert write_part(Image(Inline("image/jpg", "AAAA")), {}) == {
        "inlineData": {"mimeType": "image/jpeg", "data": "AAAA"}
    }
