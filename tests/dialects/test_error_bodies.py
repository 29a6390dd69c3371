"""Every shape in which vendors refuse is understood, and written again in one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.errors import VendorError
from dialects.openai.common import (
    read_error_body,
    read_loosely,
    read_vendor_error,
    write_error_body,
)

NO_REASON = "the vendor gave no reason"
UNREADABLE = "status 502 without a readable body"

SHAPES: list[tuple[str, Any, VendorError]] = [
    (
        "OpenAI",
        {"error": {"message": "m", "type": "invalid_request_error", "param": "n", "code": "invalid_value"}},
        VendorError("m", "invalid_request_error", "invalid_value", "n"),
    ),
    (
        "OpenAI, nulls",
        {"error": {"message": "m", "type": None, "param": None, "code": None}},
        VendorError("m"),
    ),
    ("Azure's gateway", {"error": {"code": "401", "message": "m"}}, VendorError("m", code="401")),
    ("Azure's front", {"statusCode": 401, "message": "m"}, VendorError("m")),
    (
        "Azure's filter",
        {"error": {"message": "m", "code": "content_filter", "status": 400, "innererror": {"code": "R"}}},
        VendorError("m", code="content_filter"),
    ),
    ("OpenRouter", {"error": {"code": 402, "message": "m", "metadata": {}}}, VendorError("m", code="402")),
    (
        "vLLM",
        {"error": {"message": "m", "type": "NotFoundError", "code": 404}},
        VendorError("m", "NotFoundError", "404"),
    ),
    (
        "older vLLM",
        {"object": "error", "message": "m", "type": "BadRequestError", "param": None, "code": 400},
        VendorError("m", "BadRequestError", "400"),
    ),
    (
        "llama.cpp",
        {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
        VendorError("Loading model", "unavailable_error", "503"),
    ),
    (
        "Mistral",
        {"object": "error", "message": "m", "type": "invalid_model", "param": None, "code": "1500"},
        VendorError("m", "invalid_model", "1500"),
    ),
    (
        "Mistral, what is wrong where",
        {"object": "error", "message": {"detail": [{"loc": ["body", "n"], "msg": "too many", "type": "t"}]}},
        VendorError("body.n: too many"),
    ),
    (
        "FastAPI",
        {"detail": [{"loc": ["body", "a", 0], "msg": "missing"}, {"msg": "odd"}]},
        VendorError("body.a.0: missing; odd"),
    ),
    ("a detail", {"detail": "Unauthorized"}, VendorError("Unauthorized")),
    ("a message", {"message": "Unauthorized", "request_id": "r"}, VendorError("Unauthorized")),
    ("Ollama", {"error": "model 'x' not found"}, VendorError("model 'x' not found")),
    ("text-generation-inference", {"error": "m", "error_type": "validation"}, VendorError("m", "validation")),
    (
        "Gemini's list",
        [{"error": {"code": 400, "message": "m", "status": "S"}}],
        VendorError("m", code="400"),
    ),
    ("an object as message", {"error": {"message": {"a": 1}}}, VendorError('{"a": 1}')),
    ("odd types", {"error": {"message": "m", "type": ["t"], "code": True, "param": {}}}, VendorError("m")),
    ("empty error", {"error": {}}, VendorError(NO_REASON)),
    ("empty words", {"error": {"message": "", "code": "c"}}, VendorError(NO_REASON, code="c")),
    ("no reason", {"status": "bad"}, VendorError(NO_REASON)),
    ("a number as error", {"error": 5}, VendorError("5")),
    ("half an emoji", {"error": {"message": "a\ud83d", "code": "\ud83d"}}, VendorError("a?", code="?")),
    ("a JSON text", "busy", VendorError("busy")),
    ("a JSON number", 5, VendorError(UNREADABLE)),
    ("null", None, VendorError("null")),
    ("an empty object", {}, VendorError(UNREADABLE)),
    ("an empty list", [], VendorError(UNREADABLE)),
]


@pytest.mark.parametrize(("body", "said"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_an_error_body_is_understood(body: Any, said: VendorError) -> None:
    assert read_error_body(502, json.dumps(body).encode()) == said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"upstream connect error\n", "upstream connect error", id="plain text"),
        pytest.param(b"x" * 9000, "x" * 500, id="long text"),
        pytest.param(b"caf\xc3\xa9 \xff", "café \ufffd", id="not UTF-8"),
        pytest.param(b"<html><body>502</body></html>", UNREADABLE, id="HTML"),
        pytest.param(b"\n <!DOCTYPE html>", UNREADABLE, id="HTML after a blank line"),
        pytest.param(b"", UNREADABLE, id="empty"),
        pytest.param(b" \n", UNREADABLE, id="blank"),
        pytest.param(b'{"error":{"message":"cu', '{"error":{"message":"cu', id="cut"),
        pytest.param(b"[" * 100_000, "[" * 500, id="deep"),
    ],
)
def test_what_is_no_json_is_kept_as_far_as_people_can_read_it(body: bytes, message: str) -> None:
    assert read_error_body(502, body) == VendorError(message)


@given(st.binary(max_size=60))
def test_no_error_body_breaks_the_reader(body: bytes) -> None:
    assert read_error_body(500, body).message


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=5) | st.just("\ud83d"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "detail", "msg", "loc", "code", "type"]), inner
        )
    ),
    max_leaves=8,
)


@given(ANYTHING)
def test_whatever_was_read_can_be_written(raw: Any) -> None:
    said = read_vendor_error(raw)
    assert said.message
    written = json.loads(write_error_body(said))["error"]
    assert list(written) == ["message", "type", "param", "code"]
    assert (written["message"], written["param"], written["code"]) == (said.message, said.param, said.code)
    assert written["type"] == (said.type or "server_error")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(b'{"a":1E400}', {"a": float("inf")}, id="infinity"),
        pytest.param(b'{"a":["\\ud83d"],"\\uDE00":1}', {"a": ["?"], "?": 1}, id="half an emoji"),
        pytest.param(b'{"a":"\\ud83d\\ude00"}', {"a": "\U0001f600"}, id="both halves of one"),
        pytest.param(b'{"a":' + b"[" * 5000 + b'"\\ud83d"' + b"]" * 5000 + b"}", None, id="half one, deep"),
        pytest.param(b'{"a":"\xff"}', {"a": "\ufffd"}, id="not UTF-8"),
        pytest.param(b'{"a":1,"a":2}', {"a": 2}, id="the last of equal keys"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", None, id="a number nobody can hold"),
        pytest.param(b"{" * 100_000, None, id="deep"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_vendors_are_read_loosely(data: bytes, found: Any) -> None:
    assert read_loosely(data) == found
