"""What a failed attempt means: which failures may be tried elsewhere, and what the caller is told."""

import logging
import re
from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import NamedTuple

from dialects.dialect import StreamReader
from dialects.errors import Malformed, Unsupported, VendorError
from dialects.watching import MALFORMED
from gateway.errors import BadRequest, GatewayError, Header, RefusedByVendor, UpstreamError
from gateway.limits import retry_after
from gateway.upstream import Response, UpstreamFailure
from routing.faults import Fault

log = logging.getLogger("signalbox.calls")


class Ruling(NamedTuple):
    """What the caller is told when nobody else answers, and what follows for the call."""

    status: int
    code: str
    fault: Fault = Fault.BROKEN


# A vendor's status that is not the caller's fault. Statuses below 500 that are not here are the caller's own.
BY_STATUS: Mapping[int, Ruling] = MappingProxyType(
    {
        # Our key is wrong, not the caller's: a 401 would send them to look at theirs.
        401: Ruling(502, "vendor_credentials_rejected", Fault.CREDENTIALS),
        402: Ruling(502, "vendor_balance_exhausted", Fault.CREDENTIALS),
        403: Ruling(502, "vendor_permission_denied", Fault.FORBIDDEN),
        404: Ruling(404, "model_not_found", Fault.UNKNOWN_MODEL),
        408: Ruling(504, "vendor_timeout"),
        409: Ruling(409, "vendor_conflict"),
        # Bedrock's model behind it failed: https://docs.aws.amazon.com/bedrock/latest/APIReference
        424: Ruling(502, "vendor_failed"),
        425: Ruling(503, "vendor_overloaded"),
        429: Ruling(429, "vendor_rate_limited", Fault.LIMITED),
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
        "pool_full": Ruling(503, "vendor_overloaded", Fault.CROWDED),
        "too_large": Ruling(502, "vendor_failed"),
        "protocol": Ruling(502, "vendor_failed"),
    }
)
_UNREACHABLE = Ruling(502, "vendor_unreachable")
_CUT = Ruling(502, "vendor_cut")

# Gemini says with a 400 that it does not know our key: https://ai.google.dev/gemini-api/docs/troubleshooting
_CREDENTIALS = frozenset(["API_KEY_INVALID"])
# OpenAI says with a 429 that an account has no money left: https://platform.openai.com/docs/guides/error-codes
_BALANCE = frozenset(["insufficient_quota", "billing_hard_limit_reached"])
# A prompt that does not fit, as each vendor says it with a 400, 413 or 422: OpenAI and its imitators by a
# code, Anthropic "prompt is too long: 204800 tokens > 200000 maximum", Gemini "The input token count (…)
# exceeds the maximum number of tokens allowed", Bedrock "Input is too long for requested model", vLLM "This
# model's maximum context length is …", Mistral "… too large for model with … maximum context length", Cohere
# "too many tokens".
_TOO_LONG_CODES = frozenset(["context_length_exceeded", "model_max_prompt_tokens_exceeded"])
_TOO_LONG = re.compile(
    r"context[ _](length|window)|(prompt|input) is too long|too many (input |total )?tokens"
    r"|exceeds? the maximum (number of )?tokens|token count .{0,40}exceeds|reduce the length of",
    re.IGNORECASE,
)
# Content that a vendor will not have: OpenAI's and Azure's codes, Anthropic's "Output blocked by content
# filtering policy", and what imitators make of them.
_CONTENT_CODES = frozenset(["content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"])
_CONTENT = re.compile(
    r"content (management |filtering )?policy|content filter|safety system|usage policies", re.IGNORECASE
)
_MEASURED = frozenset([400, 413, 422])

# What a vendor's API says of a call that is wrong wherever it goes. Whatever else is below 500 and has no
# place above was said by somebody in front of it, such as a firewall's 405 or 418, or of the address alone.
_OF_THE_REQUEST = frozenset([400, 411, 412, 413, 414, 415, 416, 417, 422, 428, 431, 498])

# Cohere's 498 is about the request's words, where Groq's is about its own capacity.
_THE_CALLERS = frozenset([(498, "invalid_token")])

# Some SDKs sleep for whatever this header says: longer waits are not passed on.
MAX_RETRY_AFTER_SECONDS = 60


def of_status(target: str, response: Response, said: VendorError, unix: float = 0.0) -> GatewayError:
    """The failure that an error answer is; `unix` is now, for waits that are told as a moment."""
    status = response.status
    ruling = BY_STATUS.get(status) or (_SERVER_FAULT if status >= 500 or status < 400 else None)
    if (status, said.code) in _THE_CALLERS:
        ruling = None
    if ruling is None and said.code in _CREDENTIALS:
        ruling = BY_STATUS[401]
    if ruling is None:
        return RefusedByVendor(status, said, _refusal(status, said))
    message = f"{target} answered {status}: {said.message}"
    told = retry_after(response.header, unix)
    wait = said.retry_after if told is None else told
    error = UpstreamError(message, status=ruling.status, code=ruling.code, headers=_retry_after(wait))
    fault = Fault.CREDENTIALS if said.code in _BALANCE else ruling.fault
    return error.blamed(fault, wait)


def _refusal(status: int, said: VendorError) -> Fault:
    """Why a vendor refused the request itself."""
    if status not in _MEASURED:
        return Fault.REQUEST if status in _OF_THE_REQUEST else Fault.STRANGE
    if said.code in _TOO_LONG_CODES or _TOO_LONG.search(said.message):
        return Fault.TOO_LONG
    if said.code in _CONTENT_CODES or _CONTENT.search(said.message):
        return Fault.CONTENT
    return Fault.TOO_LONG if status == 413 else Fault.REQUEST


def of_transport(target: str, failure: UpstreamFailure) -> UpstreamError:
    """The failure that a broken connection or a missed deadline is."""
    ruling = BY_KIND.get(failure.kind) or (_CUT if failure.phase == "body" else _UNREACHABLE)
    error = UpstreamError(f"{target}: {failure}", status=ruling.status, code=ruling.code)
    return error.blamed(ruling.fault)


def of_answer(target: str, said: VendorError) -> GatewayError:
    """The failure that an error inside a 200 is, or an answer nobody can read."""
    if said.code in _CONTENT_CODES:
        # Gemini blocks a prompt so: the request is refused, and asking the same again changes nothing.
        return RefusedByVendor(400, said, Fault.CONTENT)
    return UpstreamError(
        f"{target} failed inside its answer: {said.message}", status=502, code=said.code or "vendor_failed"
    )


def unread(target: str, error: Exception) -> GatewayError:
    """The failure that an answer is at which its reader raised: then others can be asked."""
    if isinstance(error, Malformed):
        return of_answer(target, VendorError(error.message))
    log.error("%s gave an answer at which its reader failed", target, exc_info=error)
    return of_answer(target, VendorError("an answer that nobody can read", code=MALFORMED))


def fed(target: str, reader: StreamReader, data: bytes) -> bytes:
    """What a reader makes of a stream's next bytes, for b"" of its end. Raises what is wrong with them."""
    try:
        out = reader.feed(data) if data else reader.end()
    except Exception as error:
        raise unread(target, error) from error
    if reader.error is not None:
        raise of_answer(target, reader.error)
    return out


def unspeakable(target: str, error: Malformed) -> GatewayError:
    """A request that its target cannot be told: another one may be able to; malformed, it goes nowhere."""
    if not isinstance(error, Unsupported):
        return BadRequest(error.message, param=error.param)
    said = UpstreamError(f"{target}: {error.message}", status=400, code=error.code or "")
    said.type, said.param = "invalid_request_error", error.param
    return said.blamed(Fault.UNSPEAKABLE)


def unproved(target: str, why: str) -> UpstreamError:
    """Nothing was sent, for want of the operator's own credentials."""
    error = UpstreamError(f"{target}: {why}", status=502, code="vendor_credentials_rejected")
    return error.blamed(Fault.CREDENTIALS)


def cut(target: str) -> UpstreamError:
    """A stream that ended without saying how: never to be taken for a complete answer."""
    return UpstreamError(f"{target} broke off its answer before the end", status=502, code="vendor_cut")


def _retry_after(wait: float | None) -> tuple[Header, ...]:
    """The vendor's wait for the caller, in whole seconds, whichever way the vendor told it."""
    if wait is None:
        return ()
    if wait > MAX_RETRY_AFTER_SECONDS:
        return ((b"x-should-retry", b"false"),)  # OpenAI's and Anthropic's SDKs then give up at once
    return ((b"retry-after", b"%d" % ceil(wait)),)
