"""What a failed attempt means: whether to try elsewhere, and what the caller is told."""

import logging
from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import NamedTuple

from dialects.dialect import StreamReader
from dialects.errors import Malformed, VendorError
from dialects.watching import MALFORMED
from gateway.attempts.reasons import is_of_money, of_words, status_inside
from gateway.errors import NO_RETRY, BadRequest, GatewayError, Header, RefusedByVendor, UpstreamError
from gateway.targets.limits import hinted, retry_after
from gateway.upstream import Response, UpstreamFailure
from routing.faults import Fault

log = logging.getLogger("signalbox.calls")


class Ruling(NamedTuple):
    """The caller's status and code if no other target answers, and the fault that decides what follows."""

    status: int
    code: str
    fault: Fault = Fault.BROKEN


# Vendor statuses that are not the caller's fault. Other statuses in the 400s are the caller's.
BY_STATUS: Mapping[int, Ruling] = MappingProxyType(
    {
        # Our key is wrong, not the caller's: a 401 would make them check theirs.
        401: Ruling(502, "vendor_credentials_rejected", Fault.CREDENTIALS),
        402: Ruling(502, "vendor_balance_exhausted", Fault.CREDENTIALS),
        403: Ruling(502, "vendor_permission_denied", Fault.FORBIDDEN),
        404: Ruling(404, "model_not_found", Fault.UNKNOWN_MODEL),
        408: Ruling(504, "vendor_timeout"),
        409: Ruling(409, "vendor_conflict"),
        # The model behind Bedrock failed: https://docs.aws.amazon.com/bedrock/latest/APIReference
        424: Ruling(502, "vendor_failed"),
        425: Ruling(503, "vendor_overloaded"),
        429: Ruling(429, "vendor_rate_limited", Fault.LIMITED),
        # Groq's flex tier at capacity: https://console.groq.com/docs/errors
        498: Ruling(503, "vendor_overloaded"),
        503: Ruling(503, "vendor_overloaded"),
        504: Ruling(504, "vendor_timeout"),
        # Anthropic's overload: https://docs.anthropic.com/en/api/errors
        529: Ruling(503, "vendor_overloaded"),
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
        "no_socket": Ruling(503, "overloaded", Fault.CROWDED),
        "pool_full": Ruling(503, "vendor_overloaded", Fault.CROWDED),
        "too_large": Ruling(502, "vendor_failed"),
        "protocol": Ruling(502, "vendor_failed"),
    }
)
_UNREACHABLE = Ruling(502, "vendor_unreachable")
_CUT = Ruling(502, "vendor_cut")

# Statuses by which a vendor's API rejects the request itself, at any target. Others in the 400s that are not
# above come from something in front of it, such as a firewall's 405 or 418, or concern the address only.
_OF_THE_REQUEST = frozenset([400, 411, 412, 413, 414, 415, 416, 417, 422, 428, 431, 498])

# Cohere's 498 is about the request's text, whereas Groq's is about its own capacity.
_THE_CALLERS = frozenset([(498, "invalid_token")])

# Only the operator can fix these, so callers should not retry.
_LASTING = frozenset([Fault.CREDENTIALS, Fault.FORBIDDEN, Fault.UNKNOWN_MODEL])

# Some SDKs sleep for whatever `retry-after` says, so longer waits are not passed on.
MAX_RETRY_AFTER_SECONDS = 60


def of_status(target: str, response: Response, said: VendorError, unix: float) -> GatewayError:
    """The failure of an error response; `unix` is now, for waits given as a point in time."""
    told = retry_after(response.header, unix, limited=response.status == 429)
    wait = said.retry_after if told is None else told
    place = response.header(b"location") if 300 <= response.status < 400 else None
    reason = said.message if place is None else _moved(place)
    lasting = response.header(NO_RETRY[0]) == NO_RETRY[1]
    message = f"{target} answered {response.status}: {reason}"
    return _of(message, response.status, said, wait, lasting=lasting)


def _moved(place: bytes) -> str:
    # Without its query, where some vendors take keys. Redirects are not followed: they could leak a key.
    shown = place.partition(b"?")[0][:200].decode("ascii", "replace")
    return f"it moved to {shown}; if that is the right address, set base_url to it"


def of_count(target: str, response: Response, said: VendorError, unix: float) -> GatewayError:
    """As `of_status`, for OpenAI's token-counting endpoint, which imitators of its format may lack."""
    error = of_status(target, response, said, unix)
    missing = response.status == 404 and said.code != "model_not_found"
    return error.blamed(Fault.UNCOUNTED, None) if missing and isinstance(error, UpstreamError) else error


def _of(
    message: str, status: int, said: VendorError, wait: float | None, *, lasting: bool = False
) -> GatewayError:
    ruling = BY_STATUS.get(status) or (_SERVER_FAULT if status >= 500 or status < 400 else None)
    if (status, said.code) in _THE_CALLERS:
        ruling = None
    fault = of_words(status, said)
    if fault is Fault.CREDENTIALS:
        ruling = ruling or BY_STATUS[402 if is_of_money(said) else 401]
    elif ruling is None or fault is not None:
        return RefusedByVendor(status, said, fault or _refusal(status))
    wait = hinted(said.message) if wait is None else wait
    fault = fault or ruling.fault
    told = (NO_RETRY,) if lasting or fault in _LASTING else _retry_after(wait)
    return UpstreamError(message, status=ruling.status, code=ruling.code, headers=told).blamed(fault, wait)


def _refusal(status: int) -> Fault:
    """Why a vendor refused the request itself, if its message does not say."""
    if status == 413:
        return Fault.TOO_LONG
    return Fault.REQUEST if status in _OF_THE_REQUEST else Fault.STRANGE


def of_transport(target: str, failure: UpstreamFailure) -> UpstreamError:
    """The failure of a broken connection or a missed deadline."""
    ruling = BY_KIND.get(failure.kind) or (_CUT if failure.phase == "body" else _UNREACHABLE)
    error = UpstreamError(f"{target}: {failure}", status=ruling.status, code=ruling.code)
    return error.blamed(ruling.fault)


def of_answer(target: str, said: VendorError) -> GatewayError:
    """The failure of an error inside a 200, by the status it implies, or of an unreadable answer."""
    message, status = f"{target} failed inside its answer: {said.message}", status_inside(said)
    if status is not None:
        return _of(message, status, said, None)
    return UpstreamError(message, status=502, code=said.code or "vendor_failed")


def unread(target: str, error: Exception) -> GatewayError:
    """The failure of an answer whose reader raised `error`, so that other targets can be tried."""
    if isinstance(error, Malformed):
        return of_answer(target, VendorError(error.message))
    log.error("%s sent an answer that could not be parsed", target, exc_info=error)
    return of_answer(target, VendorError("an answer that nobody can read", code=MALFORMED))


def fed(target: str, reader: StreamReader, data: bytes) -> bytes:
    """The reader's output for a stream's next bytes, or for its end if b"". Raises GatewayError."""
    try:
        out = reader.feed(data) if data else reader.end()
    except Exception as error:
        raise unread(target, error) from error
    if reader.error is not None:
        raise of_answer(target, reader.error)
    return out


def unspeakable(target: str, error: Malformed) -> GatewayError:
    """The failure of a request that its target's format cannot express; BadRequest if it is malformed."""
    if error.code is None:
        return BadRequest(error.message, param=error.param)
    said = UpstreamError(f"{target}: {error.message}", status=400, code=error.code)
    said.type, said.param = "invalid_request_error", error.param
    return said.blamed(Fault.UNSPEAKABLE)


def unproved(target: str, why: str) -> UpstreamError:
    """The failure if nothing was sent because the operator's credentials are unavailable."""
    error = UpstreamError(f"{target}: {why}", status=502, code="vendor_credentials_rejected")
    return error.blamed(Fault.CREDENTIALS)


def cut(target: str) -> UpstreamError:
    """The failure of a stream that ended without its final event: it never counts as complete."""
    return UpstreamError(f"{target} broke off its answer before the end", status=502, code="vendor_cut")


def _retry_after(wait: float | None) -> tuple[Header, ...]:
    """The caller's retry header, in whole seconds, however the vendor expressed its delay."""
    if wait is None:
        return ()
    if wait > MAX_RETRY_AFTER_SECONDS:
        return (NO_RETRY,)
    return ((b"retry-after", b"%d" % ceil(wait)),)
