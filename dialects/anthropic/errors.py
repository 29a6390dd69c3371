"""Errors of Anthropic's Messages: https://docs.anthropic.com/en/api/errors."""

from collections.abc import Mapping

from dialects.errors import VendorError
from dialects.json_objects import encode

_TYPES: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}
# OpenAI's formats use this type with any status, so it carries no information.
_VAGUE = "invalid_request_error"
_OWN = frozenset(_TYPES.values()) - {_VAGUE}


def write_error_body(error: VendorError, status: int) -> bytes:
    """An error whose type Anthropic's SDKs know: the vendor's if they know it, else the status's."""
    kind = error.type if error.type in _OWN else _type_of(status)
    return encode({"type": "error", "error": {"type": kind, "message": error.message}})


def _type_of(status: int) -> str:
    return _TYPES.get(status) or (_VAGUE if 400 <= status < 500 else "api_error")
