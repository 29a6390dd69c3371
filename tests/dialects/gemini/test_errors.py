"""Google's errors in both directions."""

import json
from typing import Any

import pytest
from google.genai import errors as sdk
from hypothesis import given
from hypothesis import strategies as st

from dialects.errors import VendorError
from dialects.gemini.errors import STATUSES, read_error, retry_seconds, write_error
from tests.dialects.drawn_schemas import json_values

RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "37.5s"}
INFO = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "API_KEY_INVALID",
    "domain": "googleapis.com",
}


def body(**error: Any) -> bytes:
    return json.dumps({"error": error}).encode()


@pytest.mark.parametrize(
    ("wire", "error"),
    [
        (
            body(code=429, message="slow", status="RESOURCE_EXHAUSTED", details=[RETRY]),
            VendorError("slow", "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED", retry_after=37.5),
        ),
        (
            body(code=400, message="key", status="INVALID_ARGUMENT", details=[7, INFO]),
            VendorError("key", "INVALID_ARGUMENT", "API_KEY_INVALID"),
        ),
        (
            b"[" + body(message="in a list", status="INTERNAL") + b"]",
            VendorError("in a list", "INTERNAL", "INTERNAL"),
        ),
        (body(code=500, message="bare"), VendorError("bare", None, "500")),
        (body(status=["x"], details="y"), VendorError("the vendor gave no reason")),
        (b"<html>", VendorError("status 502 without a readable body")),
        (b"try later", VendorError("try later")),
        (b"", VendorError("status 502 without a readable body")),
    ],
)
def test_an_error_is_read(wire: bytes, error: VendorError) -> None:
    assert read_error(502, wire) == error


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_the_sdk_finds_everything_in_what_is_written(status: int) -> None:
    written = write_error(VendorError("no", code="some_code"), status)
    caught = sdk.APIError(status, json.loads(written))
    assert (caught.code, caught.message, caught.status) == (status, "no", STATUSES[status])
    assert read_error(status, written) == VendorError("no", STATUSES[status], "some_code")


@pytest.mark.parametrize(("status", "word"), [(418, "INVALID_ARGUMENT"), (529, "INTERNAL")])
def test_other_statuses_are_told_by_whose_fault_they_are(status: int, word: str) -> None:
    assert json.loads(write_error(VendorError("no"), status)) == {
        "error": {"code": status, "message": "no", "status": word}
    }


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        ("37.5s", 37.5),
        ("37s", 37.0),
        ("soon", None),
        ("-3s", None),
        (37, None),
        ("1.2.3s", None),
        ("9" * 30, None),
    ],
)
def test_the_time_to_wait_is_in_the_body(delay: Any, seconds: float | None) -> None:
    assert retry_seconds(body(details=[{**RETRY, "retryDelay": delay}])) == seconds
    assert retry_seconds(b"[" + body(details=[{**RETRY, "retryDelay": delay}]) + b"]") == seconds


def test_a_days_quota_does_not_come_back_in_the_seconds_that_are_told() -> None:
    used = {"@type": "type.googleapis.com/google.rpc.QuotaFailure"}
    daily, minutely = (
        {**used, "violations": [{"quotaId": f"GenerateRequestsPer{each}PerProjectPerModel-FreeTier"}]}
        for each in ("Day", "Minute")
    )
    assert retry_seconds(body(details=[minutely, RETRY])) == 37.5
    assert (
        retry_seconds(body(details=[daily, RETRY]))
        == read_error(429, body(details=[daily])).retry_after
        == 3600
    )


@given(json_values | st.dictionaries(st.sampled_from(["error", "status", "details"]), json_values))
def test_reading_never_raises(found: Any) -> None:
    wire = json.dumps(found).encode()
    assert read_error(500, wire).message
    assert read_error(500, b'{"error":' + wire + b"}").message
    assert retry_seconds(b'{"error":' + wire + b"}") is None
