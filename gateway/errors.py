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
│   ├── OverLimit          429, of a rate or of what may be open at once
│   ├── OverBudget         429, of money
│   ├── Blocked            400: a guard's verdict
│   ├── NotCached          504
│   └── RefusedByVendor    the vendor's 4xx, its message kept
├── UpstreamError          one attempt at one target failed; `retryable` says whether another may be tried
├── NobodyAnswered         every target failed
├── AnswerNotValid         502: the last answer breaks the JSON Schema that was asked for
├── Overloaded             503: too many calls wait, come again after `retry-after`
├── Unavailable            503: something of ours is away; never blamed on the caller
└── GuardFailed            503: a guard could not do its work, and the rule is to block
"""

from collections.abc import Sequence
from typing import Self

from dialects.errors import VendorError
from routing.faults import Fault

Header = tuple[bytes, bytes]

NO_RETRY: Header = (b"x-should-retry", b"false")  # OpenAI's and Anthropic's SDKs then give up at once


class GatewayError(Exception):
    """`message` is safe to show; `status` and `code` are what the caller's SDK maps.

    `fault` says what follows for the call, where it came of an attempt at a target. What is `lasting` comes
    about again whenever it is tried, although its status may sound as if it passed: SDKs are told so.
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
        """The error as every dialect can write it."""
        return VendorError(self.message, type=self.type, code=self.code, param=self.param)

    def told(self, message: str) -> Self:
        """The same error in other words, for one of those who get it."""
        made = type(self).__new__(type(self), message)
        made.__dict__.update(self.__dict__)
        made.message = message
        return made


def internal(call_id: str) -> GatewayError:
    """What is ours and nothing else: the caller learns only the id to ask for."""
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
    """It is for approvers, operators, or whoever began the run."""

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
    """An Idempotency-Key came before with another request."""

    status = 422
    code = "idempotency_key_used"


class TooLarge(CallerError):
    status = 413
    code = "request_too_large"


class UnsupportedMedia(CallerError):
    status = 415
    code = "unsupported_media_type"


class OverLimit(CallerError):
    """OpenAI's type for it is what was too much: `requests` or `tokens`."""

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
    """The request, or what its caller or team demands, keeps it from every target."""

    status = 400
    code = "no_target_fits"


class Blocked(CallerError):
    """A guard stopped the request, or its answer. The text is never in the message."""

    status = 400
    code = "content_filter"


class NotCached(CallerError):
    """RFC 9111, 5.2.1.7: only a kept answer was wanted."""

    status = 504
    code = "not_cached"
    lasting = True


class RefusedByVendor(CallerError):
    """The vendor found the request itself wrong: its words reach the caller.

    Nobody else is asked, unless `fault` says that the prompt was too long or its content refused.
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

    `wait` is the seconds after which the vendor wants to be asked again, where it said so.
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
        """The same error, which came about so."""
        self.fault, self.wait = fault, wait
        return self


class NobodyAnswered(GatewayError):
    """Every target of the plan failed; the status is the last failure's, the message names them all.

    When to ask again says the last one that would be worth it.
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
    """An answer breaks the JSON Schema that was asked for; `text` and `flaw` quote it, for the model."""

    status = 502
    code = "answer_not_valid"
    type = "upstream_error"

    def __init__(self, target: str, text: str, flaw: str) -> None:
        super().__init__(f"The answer of {target} is not valid by the JSON Schema of the request: {flaw}.")
        self.target = target
        self.text = text
        self.flaw = flaw


class Overloaded(GatewayError):
    """More calls came than the target takes, and this one's turn would not have come in time."""

    status = 503
    code = "overloaded"


class Unavailable(GatewayError):
    status = 503
    code = "store_unavailable"


class Stopping(GatewayError):
    """The process ends, and the time that it gives to open requests is over."""

    status = 503
    code = "stopping"

    def __init__(self) -> None:
        super().__init__("This gateway stops, and could not wait any longer for the answer; ask again.")


class Stopped(GatewayError):
    """A kill switch stands before it."""

    status = 503
    code = "stopped"
    lasting = True


class RunFailed(GatewayError):
    """An agent's run gave no answer, and what it did is done: asked once more it would be done again."""

    status = 502
    code = "run_failed"
    lasting = True


class GuardFailed(GatewayError):
    """A guard that must not be passed by could not do its work."""

    status = 503
    code = "guard_failed"
