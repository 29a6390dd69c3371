"""Errors in the format of Google's APIs: https://ai.google.dev/gemini-api/docs/troubleshooting."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dialects.errors import VendorError
from dialects.gemini.members import encoded
from dialects.openai.common import read_error_body, read_loosely, read_vendor_error

# https://cloud.google.com/apis/design/errors#handling_errors
STATUSES: Mapping[int, str] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    422: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
_QUOTA = "type.googleapis.com/google.rpc.QuotaFailure"
_DAILY = "PerDay"  # in the name of a daily quota: https://ai.google.dev/gemini-api/docs/rate-limits
_LONG = 3600.0  # seconds; not a whole day, as the quota may be raised before
_RETRY = "type.googleapis.com/google.rpc.RetryInfo"


def read_error(status: int, body: bytes) -> VendorError:
    """The error in a body, which may be a list: its type is the status, its code the reason."""
    found = read_loosely(body)
    error = _error_in(found)
    if error is None:
        return read_error_body(status, body)
    return replace(of_error(error), retry_after=retry_seconds(body))


def of_error(error: dict[str, Any]) -> VendorError:
    """The error in the object under `error`."""
    said = read_vendor_error(error)
    status = error.get("status")
    known = read_vendor_error({"message": "-", "type": status, "code": _reason(error)})
    return VendorError(said.message, known.type, known.code or known.type or said.code)


def retry_seconds(body: bytes) -> float | None:
    """How long the vendor asks to wait, in seconds, which is in the body instead of a header.

    It asks for a few seconds even if a daily quota is exhausted, and would then refuse again.
    """
    details = _details(_error_in(read_loosely(body)))
    if any(_DAILY in str(detail.get("violations")) for detail in details if detail.get("@type") == _QUOTA):
        return _LONG
    for detail in details:
        delay = detail.get("retryDelay")
        if detail.get("@type") == _RETRY and isinstance(delay, str) and len(delay) < 20:
            number = delay.removesuffix("s")
            if number.replace(".", "", 1).isdecimal() and number.isascii():
                return float(number)
    return None


def _error_in(found: Any) -> dict[str, Any] | None:
    # In streams without alt=sse the error is in a list.
    if isinstance(found, list) and found:
        found = found[0]
    error = found.get("error") if isinstance(found, dict) else None
    return error if isinstance(error, dict) else None


def _details(error: dict[str, Any] | None) -> list[dict[str, Any]]:
    details = None if error is None else error.get("details")
    return [each for each in details if isinstance(each, dict)] if isinstance(details, list) else []


def _reason(error: dict[str, Any]) -> Any:
    reasons = [each.get("reason") for each in _details(error) if each.get("@type") == _INFO]
    return reasons[0] if reasons else None


def write_error(error: VendorError, status: int) -> bytes:
    """An error body, with the code and status from which Google's SDKs choose an exception."""
    wire: dict[str, Any] = {
        "code": status,
        "message": error.message,
        "status": STATUSES.get(status) or ("INTERNAL" if status >= 500 else "INVALID_ARGUMENT"),
    }
    if error.code:
        wire["details"] = [{"@type": _INFO, "reason": error.code, "domain": "signalbox"}]
    return encoded({"error": wire})
