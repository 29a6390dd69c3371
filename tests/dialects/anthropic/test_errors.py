"""Errors have the types that Anthropic's SDKs know, whoever failed."""

import json

import anthropic
import pytest

from dialects.anthropic.errors import write_error_body
from dialects.anthropic.messages import AnthropicMessages
from dialects.errors import VendorError
from tests.dialects.anthropic_order import check_order
from tests.dialects.anthropic_sdk import accumulated, received

MESSAGES = AnthropicMessages()
BY_STATUS = [
    (400, "invalid_request_error", anthropic.BadRequestError),
    (401, "authentication_error", anthropic.AuthenticationError),
    (402, "billing_error", anthropic.APIStatusError),
    (403, "permission_error", anthropic.PermissionDeniedError),
    (404, "not_found_error", anthropic.NotFoundError),
    (409, "conflict_error", anthropic.ConflictError),
    (413, "request_too_large", anthropic.APIStatusError),
    (418, "invalid_request_error", anthropic.APIStatusError),
    (429, "rate_limit_error", anthropic.RateLimitError),
    (500, "api_error", anthropic.InternalServerError),
    (502, "api_error", anthropic.InternalServerError),
    (504, "timeout_error", anthropic.APIStatusError),
    (529, "overloaded_error", anthropic.APIStatusError),
]


@pytest.mark.parametrize(("status", "kind", "raised"), BY_STATUS, ids=lambda value: str(value)[:25])
def test_another_vendors_error_has_the_type_of_its_status(
    status: int, kind: str, raised: type[anthropic.APIStatusError]
) -> None:
    body = MESSAGES.write_error(VendorError("no", type="invalid_request_error", code="x"), status)
    assert json.loads(body) == {"type": "error", "error": {"type": kind, "message": "no"}}
    with pytest.raises(raised) as seen:
        received(status, body)
    assert seen.value.status_code == status


def test_a_type_that_is_anthropics_own_stays() -> None:
    body = json.loads(write_error_body(VendorError("busy", "overloaded_error"), 500))
    assert body["error"]["type"] == "overloaded_error"


def test_an_error_in_a_stream_is_raised_by_the_sdk() -> None:
    event = MESSAGES.write_error_event(VendorError("busy", "overloaded_error"), 529)
    check_order(event)
    with pytest.raises(anthropic.APIStatusError, match="busy"):
        accumulated(event)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            b'{"type":"error","error":{"type":"not_found_error","message":"model: x"},"request_id":"req_1"}',
            VendorError("model: x", "not_found_error"),
        ),
        (b"<html>", VendorError("status 503 without a readable body")),
        (b"busy", VendorError("busy")),
        (b"", VendorError("status 503 without a readable body")),
    ],
)
def test_an_error_is_read_in_any_shape(body: bytes, error: VendorError) -> None:
    assert MESSAGES.read_error(503, body) == error
