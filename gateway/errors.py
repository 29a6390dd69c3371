"""Every error a caller can get, with its status and code, grouped by whose fault it is.

GatewayError
├── CallerError            the request must change before it can succeed
│   ├── BadRequest         400
│   ├── Unauthenticated    401
│   ├── NotAllowed         403
│   ├── NotFound           404
│   ├── WrongMethod        405
│   ├── SlowCaller         408
│   ├── InUse, Conflict    409
│   ├── TooLarge           413
│   ├── UnsupportedMedia   415
│   ├── OverLimit          429: rate or concurrency
│   ├── OverBudget         429: money
│   ├── Blocked            400: a guard's verdict
│   ├── NotCached          504
│   └── RefusedByVendor    the vendor's 4xx, its message kept
├── UpstreamError          one attempt at one target failed; `retryable` says whether another may be tried
├── NobodyAnswered         every target failed
├── AnswerNotValid         502: the last answer violates the requested JSON Schema
├── Overloaded             503: too many calls are queued, retry after `retry-after`
├── Unavailable            503: one of our own stores is down; never blamed on the caller
└── GuardFailed            503: a guard failed, and its `on_error` is to block
"""

from collections.abc import Sequence
from typing import Self

from dialects.errors import VendorError
from routing.faults import Fault

Header = tuple[bytes, bytes]

NO_RETRY: Header = (b"x-should-retry", b"false")  # honoured by OpenAI's and Anthropic's SDKs


class GatewayError(Exception):
    """`message` is safe to show; the caller's SDK maps `status` and `code`.

    `fault` decides what follows for the call, if an attempt at a target failed. A `lasting` error recurs on
    every retry, although its status may suggest otherwise: its headers tell SDKs not to retry.
    """

    fault = Fault.REQUEST
    status = 500
    code = "internal_error"
    type = "server_error"
    lasting = False

    def __init__(self, message: str, *, param: str | None = None, headers: tuple[Header, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.headers = (*headers, NO_RETRY) if self.lasting else headers

    def shown(self) -> VendorError:
        """The error in the form that every dialect can write."""
        return VendorError(self.message, type=self.type, code=self.code, param=self.param)

    def told(self, message: str) -> Self:
        """A copy with another message, for one of several callers that receive the same error."""
        made = type(self).__new__(type(self), message)
        made.__dict__.update(self.__dict__)
        made.message = message
        return made


def internal(call_id: str) -> GatewayError:
    """An internal fault: the caller sees only the id under which it is logged."""
    return GatewayError(f"Internal error; the log has more under {call_id}.")


class CallerError(GatewayError):
    type = "invalid_request_error"


class BadRequest(CallerError):
    status = 400
    code = "invalid_request"


class InvalidHttp(BadRequest):
    code = "invalid_http"


class HeadTooLarge(CallerError):
    status = 431
    code = "head_too_large"


class Unauthenticated(CallerError):
    status = 401
    code = "invalid_api_key"


class NotAllowed(CallerError):
    status = 403
    code = "model_not_allowed"
    type = "permission_error"


class RoleNeeded(NotAllowed):
    """Only for approvers, operators, or whoever started the run."""

    code = "role_needed"


class PassthroughNotAllowed(NotAllowed):
    code = "passthrough_not_allowed"


class GuardCannotRead(NotAllowed):
    code = "guard_cannot_read"


class NotFound(CallerError):
    status = 404
    code = "not_found"


class ModelNotFound(NotFound):
    code = "model_not_found"


class WrongMethod(CallerError):
    status = 405
    code = "method_not_allowed"


class InUse(CallerError):
    status = 409
    code = "file_in_use"
    lasting = True


class SlowCaller(CallerError):
    status = 408
    code = "request_timeout"


class Conflict(CallerError):
    status = 409
    code = "conflict"
    lasting = True


class KeyUsed(CallerError):
    """The Idempotency-Key was used before with another request."""

    status = 422
    code = "idempotency_key_used"


class TooLarge(CallerError):
    status = 413
    code = "request_too_large"


class UnsupportedMedia(CallerError):
    status = 415
    code = "unsupported_media_type"


class OverLimit(CallerError):
    """Its type is the exceeded unit, as at OpenAI: `requests` or `tokens`."""

    status = 429
    code = "rate_limit_exceeded"
    type = "requests"

    def __init__(self, message: str, what: str, headers: tuple[Header, ...]) -> None:
        super().__init__(message, headers=headers)
        self.type = what


class OverBudget(CallerError):
    status = 429
    code = "insufficient_quota"
    type = "insufficient_quota"
    lasting = True


class NotServed(CallerError):
    status = 400
    code = "operation_not_served"


class Unpriced(CallerError):
    status = 403
    code = "model_unpriced"
    type = "permission_error"


class ControlNotAllowed(CallerError):
    status = 403
    code = "control_not_allowed"
    type = "permission_error"


class NoTargetFits(CallerError):
    """The request, or its caller's or team's rules, exclude every target."""

    status = 400
    code = "no_target_fits"


class Blocked(CallerError):
    """A guard stopped the request, or its answer. The text is never in the message."""

    status = 400
    code = "content_filter"


class NotCached(CallerError):
    """RFC 9111, 5.2.1.7: the caller wanted a stored answer only, and there is none."""

    status = 504
    code = "not_cached"
    lasting = True


class RefusedByVendor(CallerError):
    """The vendor rejected the request itself: its message reaches the caller.

    No other target is tried, unless `fault` says that the prompt was too long or its content refused.
    """

    code = "vendor_refused"

    def __init__(self, status: int, said: VendorError, fault: Fault = Fault.REQUEST) -> None:
        super().__init__(said.message, param=said.param)
        self.status = status
        self.said = said
        self.fault = fault

    def shown(self) -> VendorError:
        said = self.said
        return VendorError(self.message, said.type or self.type, said.code or self.code, said.param)


class UpstreamError(GatewayError):
    """One attempt failed in a way that is not the caller's fault.

    `wait` is the retry delay in seconds, if the vendor gave one.
    """

    fault = Fault.BROKEN
    wait: float | None = None
    status = 502
    code = "vendor_failed"
    type = "upstream_error"
    retryable = True

    def __init__(self, message: str, *, status: int, code: str, headers: tuple[Header, ...] = ()) -> None:
        super().__init__(message, headers=headers)
        self.status = status
        self.code = code

    def blamed(self, fault: Fault, wait: float | None = None) -> "UpstreamError":
        """The same error, with its fault set."""
        self.fault, self.wait = fault, wait
        return self


class NobodyAnswered(GatewayError):
    """Every target of the plan failed; the status is the last failure's, the message lists all.

    Its retry headers are those of the last failure that is worth a retry.
    """

    code = "no_target_answered"
    type = "upstream_error"

    def __init__(self, failures: Sequence[tuple[str, GatewayError]]) -> None:
        tried = "; ".join(f"{target}: {failure.message}" for target, failure in failures)
        last = failures[-1][1]
        super().__init__(
            failures[0][1].message if len(failures) == 1 else f"No target answered. {tried}",
            headers=next(
                (each.headers for _, each in reversed(failures) if NO_RETRY not in each.headers), (NO_RETRY,)
            ),
        )
        self.status, self.type, self.param = last.status, last.type, last.param
        if len(failures) == 1:
            self.code = last.code


class AnswerNotValid(GatewayError):
    """An answer violates the requested JSON Schema; `text` and `flaw` quote it, for the model."""

    status = 502
    code = "answer_not_valid"
    type = "upstream_error"

    def __init__(self, target: str, text: str, flaw: str) -> None:
        super().__init__(f"The answer of {target} does not match the JSON Schema of the request: {flaw}.")
        self.target = target
        self.text = text
        self.flaw = flaw


class Overloaded(GatewayError):
    """The target's queue is too long for this call to be served in time."""

    status = 503
    code = "overloaded"


class Unavailable(GatewayError):
    status = 503
    code = "store_unavailable"


class Stopping(GatewayError):
    """The process is stopping, and its grace period for open requests is over."""

    status = 503
    code = "stopping"

    def __init__(self) -> None:
        super().__init__("The gateway is shutting down and could not wait for the answer; try again.")


class Stopped(GatewayError):
    """Stopped by a kill switch."""

    status = 503
    code = "stopped"
    lasting = True


class RunFailed(GatewayError):
    """An agent's run gave no answer, but its side effects have happened: a retry would repeat them."""

    status = 502
    code = "run_failed"
    lasting = True


class GuardFailed(GatewayError):
    """A guard with `on_error: block` failed."""

    status = 503
    code = "guard_failed"
