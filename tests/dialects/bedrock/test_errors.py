"""Errors in both directions: boto3 raises the class that the status means."""

import json

import pytest
from botocore.exceptions import EventStreamError
from hypothesis import given
from hypothesis import strategies as st

from dialects.bedrock import eventstream
from dialects.bedrock.converse import BedrockConverse
from dialects.bedrock.errors import kind_of
from dialects.errors import VendorError
from tests.dialects.bedrock_aws import parsed_answer, parsed_events
from tests.dialects.bedrock_values import json_values

D = BedrockConverse()
KINDS = [
    (400, "ValidationException"),
    (401, "UnrecognizedClientException"),
    (402, "ServiceQuotaExceededException"),
    (403, "AccessDeniedException"),
    (404, "ResourceNotFoundException"),
    (408, "ModelTimeoutException"),
    (409, "ConflictException"),
    (413, "ValidationException"),
    (422, "ValidationException"),
    (424, "ModelErrorException"),
    (429, "ThrottlingException"),
    (500, "InternalServerException"),
    (502, "InternalServerException"),
    (503, "ServiceUnavailableException"),
    (504, "InternalServerException"),
]


@pytest.mark.parametrize(("status", "kind"), KINDS)
def test_a_status_is_the_exception_that_boto3_raises(status: int, kind: str) -> None:
    error = VendorError("no", type="invalid_request_error", code="x")
    found = parsed_answer(D.write_error(error, status), status)
    assert (found["Error"]["Code"], found["Error"]["Message"]) == (kind, "no")


def test_the_vendors_own_kind_stays() -> None:
    assert kind_of(VendorError("no", type="ModelNotReadyException"), 429) == "ModelNotReadyException"


@pytest.mark.parametrize(
    ("body", "message", "kind"),
    [
        (b'{"message":"slow down"}', "slow down", None),
        (b'{"Message":"slow down"}', "slow down", None),
        (b'{"__type":"ThrottlingException","message":"m"}', "m", "ThrottlingException"),
        (b'{"__type":"com.amazon.coral.service#AccessDeniedException:http://x/","Message":"m"}', "m")
        + ("AccessDeniedException",),
        (b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"}}',)
        + ("the vendor gave no reason", "UnknownOperationException"),
        (b"<html>", "status 403 without a readable body", None),
        (b"plain words", "plain words", None),
        (b"", "status 403 without a readable body", None),
    ],
)
def test_an_error_body_is_read(body: bytes, message: str, kind: str | None) -> None:
    found = D.read_error(403, body)
    assert (found.message, found.type) == (message, kind)


@given(
    json_values | st.dictionaries(st.sampled_from(["message", "__type", "Output", "Message"]), json_values)
)
def test_no_body_raises(value: object) -> None:
    found = D.read_error(500, json.dumps(value).encode())
    assert found.message and found.message.encode()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "validationException"),
        (403, "validationException"),
        (408, "modelStreamErrorException"),
        (424, "modelStreamErrorException"),
        (429, "throttlingException"),
        (500, "internalServerException"),
        (502, "internalServerException"),
        (503, "serviceUnavailableException"),
    ],
)
def test_an_error_inside_a_stream_is_an_exception_to_boto3(status: int, kind: str) -> None:
    event = D.write_error_event(VendorError("broke", type="server_error"), status)
    with pytest.raises(EventStreamError, match=f"{kind}.*broke"):
        parsed_events(event)


@given(st.sampled_from([status for status, _ in KINDS]), st.text(min_size=1, max_size=20))
def test_what_was_written_inside_a_stream_is_read(status: int, words: str) -> None:
    words = words.encode("utf-8", "replace").decode()
    (failed,) = D.reader().read(D.write_error_event(VendorError(words), status))
    assert failed.error.message == words  # type: ignore[union-attr]


def failed(headers: dict[str, str], payload: bytes) -> VendorError:
    (delta,) = D.reader().read(eventstream.encode(headers, payload))
    return delta.error  # type: ignore[union-attr,no-any-return]


def test_a_models_failure_tells_its_own_words() -> None:
    said = failed(
        {":message-type": "exception", ":exception-type": "modelStreamErrorException"},
        b'{"message":"broke","originalStatusCode":500,"originalMessage":"boom"}',
    )
    assert said == VendorError("broke (boom)", type="ModelStreamErrorException")


def test_an_error_frame_has_its_words_in_headers() -> None:
    headers = {":message-type": "error", ":error-code": "InternalFailure", ":error-message": "oops"}
    assert failed(headers, b"") == VendorError("oops", type="InternalFailure")
    assert failed({":message-type": "error"}, b"").message == "the vendor gave no reason"
