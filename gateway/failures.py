"""What a failed attempt means: which failures may be tried elsewhere, and what the caller is told."""

from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import NamedTuple

from dialects.errors import Malformed, Unsupported, VendorError
from gateway.errors import BadRequest, GatewayError, Header, RefusedByVendor, UpstreamError
from gateway.upstream import Response, UpstreamFailure


class Ruling(NamedTuple):
    """What the caller is told when nobody else answers."""

    status: int
    code: str


# A vendor's status that is not the caller's fault. Statuses below 500 that are not here are the caller's own.
BY_STATUS: Mapping[int, Ruling] = MappingProxyType(
    {
        # Our key is wrong, not the caller's: a 401 would send them to look at theirs.
        401: Ruling(502, "vendor_credentials_rejected"),
        402: Ruling(502, "vendor_balance_exhausted"),
        403: Ruling(502, "vendor_permission_denied"),
        404: Ruling(404, "model_not_found"),
        408: Ruling(504, "vendor_timeout"),
        409: Ruling(409, "vendor_conflict"),
        # Bedrock's model behind it failed: https://docs.aws.amazon.com/bedrock/latest/APIReference
        424: Ruling(502, "vendor_failed"),
        425: Ruling(503, "vendor_overloaded"),
        429: Ruling(429, "vendor_rate_limited"),
        498: Ruling(
            503, "vendor_overloaded"
        ),  # Groq's flex tier at capacity: https://console.groq.com/docs/errors
        503: Ruling(503, "vendor_overloaded"),
        504: Ruling(504, "vendor_timeout"),
        529: Ruling(
            503, "vendor_overloaded"
        ),  # Anthropic's overload: https://docs.anthropic.com/en/api/errors
    }
)
_SERVER_FAULT = Ruling(502, "vendor_failed")

BY_KIND: Mapping[str, Ruling] = MappingProxyType(
    {
        "connect_timeout": Ruling(504, "vendor_timeout"),
        "headers_timeout": Ruling(504, "vendor_timeout"),
        "first_content_timeout": Ruling(504, "vendor_timeout"),
        "idle_timeout": Ruling(504, "vendor_timeout"),
        "total_timeout": Ruling(504, "vendor_timeout"),
        "pool_full": Ruling(503, "vendor_overloaded"),
        "too_large": Ruling(502, "vendor_failed"),
        "protocol": Ruling(502, "vendor_failed"),
    }
)
_UNREACHABLE = Ruling(502, "vendor_unreachable")
_CUT = Ruling(502, "vendor_cut")

# Gemini says with a 400 that it does not know our key: https://ai.google.dev/gemini-api/docs/troubleshooting
_CREDENTIALS = frozenset(["API_KEY_INVALID"])

# Some SDKs sleep for whatever this header says: longer waits are not passed on.
MAX_RETRY_AFTER_SECONDS = 60


def of_status(target: str, response: Response, said: VendorError) -> GatewayError:
    """The failure that an error answer is."""
    status = response.status
    ruling = BY_STATUS.get(status) or (_SERVER_FAULT if status >= 500 or status < 400 else None)
    if ruling is None and said.code in _CREDENTIALS:
        ruling = BY_STATUS[401]
    if ruling is None:
        return RefusedByVendor(status, said)
    message = f"{target} answered {status}: {said.message}"
    return UpstreamError(
        message, status=ruling.status, code=ruling.code, headers=_retry_after(response, said)
    )


def of_transport(target: str, failure: UpstreamFailure) -> UpstreamError:
    """The failure that a broken connection or a missed deadline is."""
    ruling = BY_KIND.get(failure.kind) or (_CUT if failure.phase == "body" else _UNREACHABLE)
    return UpstreamError(f"{target}: {failure}", status=ruling.status, code=ruling.code)


def of_answer(target: str, said: VendorError) -> UpstreamError:
    """The failure that an error inside a 200 is, or an answer nobody can read."""
    return UpstreamError(
        f"{target} failed inside its answer: {said.message}", status=502, code=said.code or "vendor_failed"
    )


def unspeakable(target: str, error: Malformed) -> GatewayError:
    """A request that its target cannot be told: another one may be able to; malformed, it goes nowhere."""
    if not isinstance(error, Unsupported):
        return BadRequest(error.message, param=error.param)
    said = UpstreamError(f"{target}: {error.message}", status=400, code=error.code or "")
    said.type, said.param = "invalid_request_error", error.param
    return said


def unproved(target: str, why: str) -> UpstreamError:
    """Nothing was sent, for want of the operator's own credentials."""
    return UpstreamError(f"{target}: {why}", status=502, code="vendor_credentials_rejected")


def cut(target: str) -> UpstreamError:
    """A stream that ended without saying how: never to be taken for a complete answer."""
    return UpstreamError(f"{target} broke off its answer before the end", status=502, code="vendor_cut")


def _retry_after(response: Response, said: VendorError) -> tuple[Header, ...]:
    value = response.header(b"retry-after")
    if value is None and said.retry_after is not None:
        value = b"%d" % ceil(said.retry_after)
    # Python refuses to read a number of more than 4300 digits.
    if value is None or not value.isdigit() or len(value) > 9:
        return ()
    if int(value) > MAX_RETRY_AFTER_SECONDS:
        return ((b"x-should-retry", b"false"),)  # OpenAI's and Anthropic's SDKs then give up at once
    return ((b"retry-after", value),)
