"""Every error says whose fault it is, and shows no more than its own words."""

import pytest

from dialects.errors import VendorError
from gateway import errors
from gateway.errors import (
    CallerError,
    GatewayError,
    NobodyAnswered,
    RefusedByVendor,
    Unavailable,
    UpstreamError,
)

TABLE = [
    (errors.BadRequest, 400, "invalid_request", "invalid_request_error"),
    (errors.InvalidHttp, 400, "invalid_http", "invalid_request_error"),
    (errors.PassthroughNotAllowed, 403, "passthrough_not_allowed", "permission_error"),
    (errors.NotServed, 400, "operation_not_served", "invalid_request_error"),
    (errors.Unauthenticated, 401, "invalid_api_key", "invalid_request_error"),
    (errors.NotAllowed, 403, "model_not_allowed", "permission_error"),
    (errors.RoleNeeded, 403, "role_needed", "permission_error"),
    (errors.Unpriced, 403, "model_unpriced", "permission_error"),
    (errors.ControlNotAllowed, 403, "control_not_allowed", "permission_error"),
    (errors.NoTargetFits, 400, "no_target_fits", "invalid_request_error"),
    (errors.NotFound, 404, "not_found", "invalid_request_error"),
    (errors.ModelNotFound, 404, "model_not_found", "invalid_request_error"),
    (errors.WrongMethod, 405, "method_not_allowed", "invalid_request_error"),
    (errors.GuardCannotRead, 403, "guard_cannot_read", "permission_error"),
    (errors.Conflict, 409, "conflict", "invalid_request_error"),
    (errors.KeyUsed, 422, "idempotency_key_used", "invalid_request_error"),
    (errors.InUse, 409, "file_in_use", "invalid_request_error"),
    (errors.SlowCaller, 408, "request_timeout", "invalid_request_error"),
    (errors.HeadTooLarge, 431, "head_too_large", "invalid_request_error"),
    (errors.TooLarge, 413, "request_too_large", "invalid_request_error"),
    (errors.NotCached, 504, "not_cached", "invalid_request_error"),
    (errors.OverBudget, 429, "insufficient_quota", "insufficient_quota"),
    (errors.UnsupportedMedia, 415, "unsupported_media_type", "invalid_request_error"),
]


@pytest.mark.parametrize(("kind", "status", "code", "type"), TABLE, ids=[row[0].__name__ for row in TABLE])
def test_a_callers_error_is_shown_with_its_code(
    kind: type[CallerError], status: int, code: str, type: str
) -> None:
    error = kind("what was found", param="model")
    assert isinstance(error, CallerError)
    assert error.status == status
    assert error.shown() == VendorError("what was found", type, code, "model")


def test_every_callers_error_is_in_the_table() -> None:
    def below(kind: type[GatewayError]) -> set[type[GatewayError]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    apart = {CallerError, RefusedByVendor, errors.OverLimit, errors.Blocked}  # they take more than words
    assert below(CallerError) - apart <= {row[0] for row in TABLE}


def test_a_limit_says_by_its_type_what_was_too_much() -> None:
    error = errors.OverLimit("too many", "tokens", ((b"retry-after", b"3"),))
    assert error.shown() == VendorError("too many", "tokens", "rate_limit_exceeded", None)
    assert (error.status, error.headers) == (429, ((b"retry-after", b"3"),))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param(VendorError("m", "t", "c", "p"), VendorError("m", "t", "c", "p"), id="its own words"),
        pytest.param(
            VendorError("m"),
            VendorError("m", "invalid_request_error", "vendor_refused"),
            id="ours where it has none",
        ),
    ],
)
def test_a_vendors_refusal_keeps_its_status_and_words(said: VendorError, shown: VendorError) -> None:
    error = RefusedByVendor(422, said)
    assert (error.status, error.shown()) == (422, shown)


def failure(message: str, status: int, *headers: tuple[bytes, bytes]) -> UpstreamError:
    return UpstreamError(message, status=status, code=f"code_{status}", headers=headers)


def test_a_failed_attempt_may_be_tried_elsewhere() -> None:
    assert failure("down", 502).retryable


def test_one_failure_is_told_as_it_is() -> None:
    error = NobodyAnswered([("a/m", failure("a is busy", 429, (b"retry-after", b"3")))])
    assert (error.message, error.status, error.code) == ("a is busy", 429, "code_429")
    assert error.headers == ((b"retry-after", b"3"),)


def test_several_failures_are_all_named_and_the_last_gives_the_status() -> None:
    error = NobodyAnswered(
        [("a/m", failure("busy", 429, (b"retry-after", b"3"))), ("b/m", failure("down", 502))]
    )
    assert error.message == "No target answered. a/m: busy; b/m: down"
    assert (error.status, error.code, error.headers) == (502, "no_target_answered", ())


NEVER = (b"x-should-retry", b"false")
SOON = (b"retry-after", b"3")


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ((NEVER,), (NEVER,), (NEVER,)),
        ((), (NEVER,), ()),
        ((SOON,), (NEVER,), (SOON,)),
        ((NEVER,), (SOON,), (SOON,)),
    ],
)
def test_trying_again_is_in_vain_only_where_it_is_at_every_target(
    first: tuple[errors.Header, ...], last: tuple[errors.Header, ...], told: tuple[errors.Header, ...]
) -> None:
    error = NobodyAnswered([("a/m", failure("a", 502, *first)), ("b/m", failure("b", 502, *last))])
    assert error.headers == told


@pytest.mark.parametrize(
    "kind",
    [errors.Conflict, errors.InUse, errors.NotCached, errors.OverBudget, errors.RunFailed, errors.Stopped],
)
def test_what_lasts_tells_sdks_not_to_try_again_where_its_status_sounds_like_it(
    kind: type[GatewayError],
) -> None:
    error = kind("so it is", headers=(SOON,))
    assert error.status in (409, 429) or error.status >= 500
    assert error.told("in other words").headers == (SOON, NEVER)


def test_what_is_away_is_nobodys_fault_but_ours() -> None:
    error = Unavailable("try again")
    assert not isinstance(error, CallerError)
    assert (error.status, error.shown().type) == (503, "server_error")
