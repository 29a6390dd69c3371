"""Pictures are told from what else a request says, and nothing passes for one that a model would read."""

import json
from typing import Any

import pytest

from config.kinds import Operation
from gateway.metering.pictures import without_pictures

DATA = "iVBORw0KGgo" * 50
URL = f"data:image/png;base64,{DATA}"
TEXT = {"type": "text", "text": "which train?"}
CHAT = {"type": "image_url", "image_url": {"url": URL, "detail": "high"}}
CLAUDE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": DATA}}
GEMINI = {"inlineData": {"mimeType": "image/png", "data": DATA}}
RESULT = {"type": "tool_result", "tool_use_id": "t", "content": [TEXT, CLAUDE]}


def messages(*parts: Any) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": [TEXT, *parts]}]}).encode()


def contents(*parts: Any) -> bytes:
    return json.dumps({"contents": [{"role": "user", "parts": [{"text": "which train?"}, *parts]}]}).encode()


def items(*parts: Any) -> bytes:
    return json.dumps({"input": [{"role": "user", "content": [TEXT, *parts]}]}).encode()


@pytest.mark.parametrize(
    ("operation", "body", "pictures"),
    [
        (Operation.CHAT, messages(CHAT), 1),
        (
            Operation.CHAT,
            messages(CHAT, {"type": "image_url", "image_url": {"url": "https://x.example/a"}}),
            2,
        ),
        (Operation.RESPONSES, items({"type": "input_image", "image_url": URL, "detail": "low"}), 1),
        (Operation.MESSAGES, messages(CLAUDE, RESULT), 2),
        (
            Operation.MESSAGES,
            messages({"type": "image", "source": {"type": "url", "url": "https://x.example"}}),
            1,
        ),
        (Operation.GENERATE_CONTENT, contents(GEMINI, {**GEMINI, "mediaResolution": {"level": "HIGH"}}), 2),
        (
            Operation.GENERATE_CONTENT_ARRAY,
            contents({"inline_data": {"mime_type": "image/webp", "data": DATA}}),
            1,
        ),
    ],
)
def test_pictures_are_counted_and_taken_out(operation: Operation, body: bytes, pictures: int) -> None:
    found = without_pictures(body, operation)
    assert found.pictures == pictures
    assert b"which train?" in found.rest
    assert b"image" not in found.rest and DATA.encode() not in found.rest


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (Operation.CHAT, messages({**CHAT, "text": "much to read"})),
        (
            Operation.CHAT,
            messages({"type": "image_url", "image_url": {"url": "data:application/pdf;base64,QUJD"}}),
        ),
        (Operation.CHAT, messages({"type": "image_url", "image_url": {"url": "gs://bucket/film"}})),
        (Operation.CHAT, messages({"type": "file", "file": {"file_data": URL}})),
        (Operation.RESPONSES, items({"type": "input_image", "file_id": "file-1"})),
        (Operation.MESSAGES, messages({"type": "image", "source": {"type": "file", "file_id": "f"}})),
        (Operation.MESSAGES, messages({"type": "image", "source": {"type": "base64", "data": DATA}})),
        (Operation.MESSAGES, messages({"type": "tool_use", "name": "t", "input": {"content": CLAUDE}})),
        (Operation.MESSAGES, messages({"type": "tool_use", "name": "t", "input": {"a": [CLAUDE]}})),
        (Operation.GENERATE_CONTENT, b'{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png"}}]}]}'),
        (Operation.GENERATE_CONTENT, contents({**GEMINI, "text": "much to read"})),
        (Operation.GENERATE_CONTENT, contents({**GEMINI, "inline_data": {"mime_type": "a/b", "data": ""}})),
        (
            Operation.GENERATE_CONTENT,
            contents({"inlineData": {**GEMINI["inlineData"], "mime_type": "application/pdf"}}),
        ),
        (Operation.GENERATE_CONTENT, contents({"inlineData": {"mimeType": "application/pdf", "data": DATA}})),
        (
            Operation.GENERATE_CONTENT,
            contents({"fileData": {"mimeType": "image/png", "fileUri": "https://x"}}),
        ),
        (Operation.GENERATE_CONTENT, contents({"functionCall": {"name": "f", "args": {"parts": [GEMINI]}}})),
        (Operation.CHAT, b'{"messages": 7}'),
        (Operation.CHAT, b"[]"),
        (Operation.CHAT, b"{"),
        (Operation.CHAT, b'{"messages":' + b"[" * 5000),
    ],
)
def test_whatever_else_there_may_be_to_read_stays(operation: Operation, body: bytes) -> None:
    assert without_pictures(body, operation) == (body, 0)
