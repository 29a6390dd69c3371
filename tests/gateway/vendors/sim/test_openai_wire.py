"""Errors, usage and content as OpenAI writes and reads them."""

import json

import msgspec
import pytest

from dialects.usage import Usage
from gateway.vendors.sim import openai_wire as wire
from gateway.vendors.sim.errors import Refused


class Thing(msgspec.Struct):
    model: str
    items: list[int] = []


DECODE = msgspec.json.Decoder(Thing).decode


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        pytest.param(b"{", None, None, id="cut"),
        pytest.param(b'{"model":"\xff"}', None, None, id="not UTF-8"),
        pytest.param(b"[]", None, "invalid_type", id="not an object"),
        pytest.param(b"{}", None, None, id="no model"),
        pytest.param(b'{"model":1}', "model", "invalid_type", id="a wrong type"),
        pytest.param(b'{"model":"x","items":[1,"a"]}', "items[1]", "invalid_type", id="a wrong type within"),
    ],
)
def test_what_cannot_be_decoded_is_refused_with_its_place(
    body: bytes, param: str | None, code: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        wire.decode(DECODE, body)
    assert (refused.value.status, refused.value.param, refused.value.code) == (400, param, code)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, None, "invalid_request_error"),
        (429, "rate_limit_exceeded", "rate_limit_exceeded"),
        (429, "insufficient_quota", "insufficient_quota"),
        (503, None, "server_error"),
    ],
)
def test_an_error_has_all_four_keys(status: int, code: str | None, kind: str) -> None:
    error = json.loads(wire.error_body(Refused(status, "why", code=code)))["error"]
    assert error == {"message": "why", "type": kind, "param": None, "code": code}


def test_usage_is_written_with_its_parts_within_their_wholes() -> None:
    usage = json.loads(wire.usage_json(Usage(input=5, output=7, cached_read=2, reasoning=3)))
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (5, 7, 12)
    assert usage["prompt_tokens_details"]["cached_tokens"] == 2
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 3


@pytest.mark.parametrize(
    ("content", "text", "size"),
    [
        (None, "", 0),
        ("12345", "12345", 2),
        ([wire.TextPart("text", "1234"), wire.TextPart("image_url")], "1234", 86),
    ],
)
def test_content_is_text_or_parts(content: wire.Content, text: str, size: int) -> None:
    assert (wire.text_of(content), wire.content_tokens(content)) == (text, size)


@pytest.mark.parametrize(
    ("given", "behaviour"),
    [
        (b"{}", None),
        (b'{"sim":null}', None),
        (b'{"sim":{"length":1},"other":"x"}', '{"length":1}'),
        (b'{"sim":"length=1"}', "length=1"),
    ],
)
def test_metadata_holds_a_behaviour_as_object_or_string(given: bytes, behaviour: str | None) -> None:
    assert msgspec.json.decode(given, type=wire.Metadata).behaviour == behaviour
