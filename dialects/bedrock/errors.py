"""Reads and writes Bedrock's errors, in bodies and inside streams.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from dialects.bedrock import eventstream
from dialects.bedrock.eventstream import HeaderValue
from dialects.errors import VendorError
from dialects.openai.common import read_error_body, read_loosely

_KINDS = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    402: "ServiceQuotaExceededException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    409: "ConflictException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
    529: "ServiceUnavailableException",
}
# The only exceptions defined for streams: the SDKs raise each of them.
_IN_STREAMS = frozenset(
    [
        "InternalServerException",
        "ModelStreamErrorException",
        "ServiceUnavailableException",
        "ThrottlingException",
        "ValidationException",
    ]
)
_INSTEAD = {
    "ModelErrorException": "ModelStreamErrorException",
    "ModelTimeoutException": "ModelStreamErrorException",
}
_TYPE, _MESSAGE = "__type", "message"
_ENCODE = msgspec.json.Encoder().encode


def kind_of(error: VendorError, status: int) -> str:
    """The name of AWS's exception, by which its SDKs select a class."""
    if error.type is not None and error.type.endswith("Exception"):
        return error.type
    return _KINDS.get(status) or ("InternalServerException" if status >= 500 else "ValidationException")


def read_error(status: int, body: bytes) -> VendorError:
    """The error in an error body; never raises."""
    found = read_loosely(body)
    said = read_error_body(status, body)
    if not isinstance(found, dict):
        return said
    words = next(
        (found[name] for name in (_MESSAGE, "Message", "errorMessage") if _is_text(found.get(name))), None
    )
    return VendorError(_encodable(words) if words else said.message, type=_kind(found), code=said.code)


def _kind(found: dict[str, Any]) -> str | None:
    inner = found.get("Output")  # from AWS's front end, before the request reaches the service
    for place in (found, inner if isinstance(inner, dict) else {}):
        if _is_text(place.get(_TYPE)):
            # As in com.amazon.coral.service#AccessDeniedException:http://internal.amazon.com/…
            return _encodable(place[_TYPE].partition(":")[0].rpartition("#")[2]) or None
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def write_error(error: VendorError, status: int) -> bytes:
    """An error body; SDKs read its `__type` if there is no `x-amzn-errortype` header."""
    return _ENCODE({_MESSAGE: error.message, _TYPE: kind_of(error, status)})


def write_error_event(error: VendorError, status: int) -> bytes:
    """The frame of an exception, of a type that streams may have."""
    kind = kind_of(error, status)
    kind = _INSTEAD.get(kind, kind)
    if kind not in _IN_STREAMS:
        kind = "InternalServerException" if status >= 500 else "ValidationException"
    headers = {
        ":exception-type": kind[0].lower() + kind[1:],
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return eventstream.encode(headers, _ENCODE({_MESSAGE: error.message}))


def read_error_event(headers: Mapping[str, HeaderValue], payload: bytes) -> VendorError:
    """The error in an exception or error frame of a stream; never raises."""
    name = headers.get(":exception-type") or headers.get(":error-code")
    kind = name[0].upper() + name[1:] if isinstance(name, str) and name else None
    words = headers.get(":error-message")
    if isinstance(words, str) and words:
        return VendorError(words, type=kind)
    said = read_error(200, payload) if payload.strip() else VendorError("the vendor gave no reason")
    found = read_loosely(payload)
    original = found.get("originalMessage") if isinstance(found, dict) else None
    more = f" ({_encodable(original)})" if isinstance(original, str) and original else ""
    return VendorError(said.message + more, type=kind or said.type)
