"""What every failure means for the next attempt and for the caller."""

from typing import Any, cast

import pytest

from dialects.cohere.chat import CohereChat
from dialects.errors import Malformed, VendorError
from dialects.openai.responses import OpenAIResponses
from gateway.attempts import failures
from gateway.errors import RefusedByVendor, UpstreamError
from gateway.upstream import Response, UpstreamFailure, errors
from routing.faults import RULES, Fault

told, LIMITED = VendorError, "vendor_rate_limited"
SAID = VendorError("the vendor's words", "t", "c", "p")


class Answer:
    """Just so much of a response as failures are read from."""

    def __init__(self, status: int, **headers: str) -> None:
        self.status = status
        self._headers = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}

    def header(self, name: bytes) -> bytes | None:
        return self._headers.get(name)


def ruled(status: int, **headers: str) -> Any:
    return failures.of_status("openai/m", cast(Response, Answer(status, **headers)), SAID, 0.0)


@pytest.mark.parametrize("status", [405, 406, 407, 410, 418, 421, 423, 451, 499])
def test_what_no_vendors_api_says_of_a_call_is_asked_elsewhere_and_else_told_as_it_was(status: int) -> None:
    error = ruled(status)
    assert error.fault is Fault.STRANGE
    assert (error.status, error.shown()) == (status, SAID)


def test_a_redirect_says_where_to_and_none_of_its_query() -> None:
    moved = ruled(301, location="https://api.example/v1?key=secret")
    assert moved.message.endswith(
        "301: it moved to https://api.example/v1; if that is the right address, set base_url to it"
    )
    assert SAID.message in ruled(301).message


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"m","input":"hi","previous_response_id":"resp_1"}',
        b'{"model":"m","input":"hi","conversation":"c"}',
    ],
)
def test_what_one_vendor_keeps_is_no_reason_not_to_ask_the_one_that_may_have_it(body: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        OpenAIResponses().read_request(body)
    error = failures.unspeakable("anthropic/m", refused.value)
    assert (error.fault, error.status, error.code) == (Fault.UNSPEAKABLE, 400, "unsupported_parameter")
    assert error.shown().param == refused.value.param


def test_a_request_that_is_none_goes_nowhere() -> None:
    error = failures.unspeakable("anthropic/m", Malformed("no object", param="input"))
    assert (error.fault, error.status, error.shown().param) == (Fault.REQUEST, 400, "input")


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_what_the_caller_did_wrong_goes_back_with_the_vendors_words(status: int) -> None:
    error = ruled(status)
    assert isinstance(error, RefusedByVendor)
    assert (error.status, error.shown()) == (status, SAID)


@pytest.mark.parametrize(
    ("status", "shown", "code"),
    [
        (302, 502, "vendor_failed"),
        (204, 502, "vendor_failed"),
        (401, 502, "vendor_credentials_rejected"),
        (402, 502, "vendor_balance_exhausted"),
        (403, 502, "vendor_permission_denied"),
        (404, 404, "model_not_found"),
        (408, 504, "vendor_timeout"),
        (409, 409, "vendor_conflict"),
        (425, 503, "vendor_overloaded"),
        (429, 429, "vendor_rate_limited"),
        (498, 503, "vendor_overloaded"),
        (500, 502, "vendor_failed"),
        (502, 502, "vendor_failed"),
        (503, 503, "vendor_overloaded"),
        (504, 504, "vendor_timeout"),
        (529, 503, "vendor_overloaded"),
        (599, 502, "vendor_failed"),
    ],
)
def test_what_another_target_may_do_better_is_tried_there(status: int, shown: int, code: str) -> None:
    error = ruled(status)
    assert isinstance(error, UpstreamError)
    assert (error.status, error.code, error.retryable) == (shown, code, True)
    assert error.message == f"openai/m answered {status}: the vendor's words"


def test_words_that_cohere_does_not_answer_are_the_callers() -> None:
    said = CohereChat().read_error(498, b'{"message":"blocked"}')
    error = failures.of_status("cohere/m", cast(Response, Answer(498)), said, 0.0)
    assert isinstance(error, RefusedByVendor)
    assert (error.status, error.shown().code, error.message) == (498, "invalid_token", "blocked")
    unknown_key = VendorError("no", code="invalid_token")
    assert isinstance(failures.of_status("a/m", cast(Response, Answer(401)), unknown_key, 0.0), UpstreamError)


def test_every_status_with_a_ruling_is_told_apart() -> None:
    assert all(isinstance(ruled(status), UpstreamError) for status in failures.BY_STATUS)


@pytest.mark.parametrize(
    ("value", "passed"),
    [
        ("0", True),
        ("7", True),
        ("60", True),
        ("9" * 5000, False),
        ("-1", False),
        ("", False),
        ("5\r\nx: y", False),
    ],
)
def test_only_a_wait_that_no_client_hangs_in_is_passed_on(value: str, passed: bool) -> None:
    assert ruled(429, retry_after=value).headers == (((b"retry-after", value.encode()),) if passed else ())


@pytest.mark.parametrize(
    "told",
    [
        {"retry_after": "1.5"},
        {"retry_after_ms": "1200"},
        {"retry_after": "Thu, 01 Jan 1970 00:00:02 GMT"},
    ],
)
def test_a_wait_told_in_another_way_is_passed_on_in_whole_seconds(told: dict[str, str]) -> None:
    assert ruled(429, **told).headers == ((b"retry-after", b"2"),)


@pytest.mark.parametrize("value", ["61", "86400"])
def test_a_longer_wait_tells_sdks_to_give_up_at_once(value: str) -> None:
    assert ruled(429, retry_after=value).headers == ((b"x-should-retry", b"false"),)


@pytest.mark.parametrize(
    ("seconds", "header"), [(3.2, (b"retry-after", b"4")), (90.0, (b"x-should-retry", b"false"))]
)
def test_a_wait_that_only_the_body_tells_is_passed_on_too(
    seconds: float, header: tuple[bytes, bytes]
) -> None:
    said = VendorError("slow down", retry_after=seconds)
    assert failures.of_status("v/m", cast(Response, Answer(429)), said, 0.0).headers == (header,)


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_what_only_the_operator_can_mend_is_not_to_be_tried_again(status: int) -> None:
    assert ruled(status, retry_after="3").headers == ((b"x-should-retry", b"false"),)


def test_an_account_without_money_is_not_to_be_tried_again_although_it_is_a_429() -> None:
    said = VendorError("You exceeded your current quota", code="insufficient_quota")
    error = failures.of_status("v/m", cast(Response, Answer(429)), said, 0.0)
    assert (error.status, error.headers) == (429, ((b"x-should-retry", b"false"),))


def test_a_vendors_own_word_that_trying_again_is_in_vain_is_passed_on() -> None:
    assert ruled(500, x_should_retry="false").headers == ((b"x-should-retry", b"false"),)
    assert ruled(500, x_should_retry="true").headers == ()


def test_a_key_that_a_vendor_does_not_know_is_ours_whatever_the_status() -> None:
    said = VendorError("API key not valid", code="API_KEY_INVALID")
    assert (
        failures.of_status("v/m", cast(Response, Answer(400)), said, 0.0).shown().code
        == "vendor_credentials_rejected"
    )


def test_without_a_wait_none_is_made_up() -> None:
    assert ruled(429).headers == ()


def kinds(below: type[UpstreamFailure]) -> set[str]:
    return {below.kind}.union(*map(kinds, below.__subclasses__()))


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (errors.ConnectTimeout, 504, "vendor_timeout"),
        (errors.HeadersTimeout, 504, "vendor_timeout"),
        (errors.FirstContentTimeout, 504, "vendor_timeout"),
        (errors.IdleTimeout, 504, "vendor_timeout"),
        (errors.TotalTimeout, 504, "vendor_timeout"),
        (errors.NoSocket, 503, "overloaded"),
        (errors.PoolFull, 503, "vendor_overloaded"),
        (errors.PoolClosed, 502, "vendor_unreachable"),
        (errors.ConnectRefused, 502, "vendor_unreachable"),
        (errors.TlsFailed, 502, "vendor_unreachable"),
        (errors.ClosedEarly, 502, "vendor_unreachable"),
        (errors.ProtocolError, 502, "vendor_failed"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_a_broken_connection_is_the_vendors_failure(
    failure: type[UpstreamFailure], status: int, code: str
) -> None:
    error = failures.of_transport("openai/m", failure("api.example", "headers", "it broke"))
    assert (error.status, error.code) == (status, code)
    assert error.message == "openai/m: api.example: it broke (phase: headers)"


@pytest.mark.parametrize("failure", [errors.NoSocket, errors.PoolFull])
def test_what_this_process_has_no_more_of_is_no_failure_of_the_target(failure: type[UpstreamFailure]) -> None:
    error = failures.of_transport("openai/m", failure("api.example", "connect", "no more"))
    assert RULES[error.fault].blame == "nobody"


def test_every_deadline_is_told_as_one_and_no_ruling_is_for_nothing() -> None:
    every = kinds(UpstreamFailure)
    assert {kind for kind in every if kind.endswith("timeout")} <= failures.BY_KIND.keys() <= every


@pytest.mark.parametrize(("code", "shown"), [("finish_error", "finish_error"), (None, "vendor_failed")])
def test_an_error_inside_an_answer_keeps_its_code(code: str | None, shown: str) -> None:
    error = failures.of_answer("openai/m", VendorError("m", code=code))
    assert (error.status, error.code) == (502, shown)
    assert error.message == "openai/m failed inside its answer: m"


@pytest.mark.parametrize(
    ("said", "status", "code", "fault", "wait"),
    [
        (told("try again in 11.054s.", code="rate_limit_exceeded"), 429, LIMITED, Fault.LIMITED, 11.054),
        (told("pay", code="insufficient_quota"), 429, LIMITED, Fault.CREDENTIALS, None),
        (told("no", "authentication_error"), 502, "vendor_credentials_rejected", Fault.CREDENTIALS, None),
        (told("busy", "overloaded_error"), 503, "vendor_overloaded", Fault.BROKEN, None),
        (told("pay", code="402"), 502, "vendor_balance_exhausted", Fault.CREDENTIALS, None),
        (told("busy", code="RESOURCE_EXHAUSTED"), 429, LIMITED, Fault.LIMITED, None),
    ],
    ids=lambda each: each.message if isinstance(each, VendorError) else None,
)
def test_an_error_inside_an_answer_is_what_its_status_would_be(
    said: VendorError, status: int, code: str, fault: Fault, wait: float | None
) -> None:
    error = failures.of_answer("v/m", said)
    assert isinstance(error, UpstreamError)
    assert (error.status, error.code, error.fault, error.wait) == (status, code, fault, wait)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (VendorError("Your input is too large", code="context_length_exceeded"), Fault.TOO_LONG),
        (VendorError("prompt is too long: 9 tokens > 8 maximum", "invalid_request_error"), Fault.TOO_LONG),
        (VendorError("tools.0: bad", code="400"), Fault.REQUEST),
    ],
    ids=lambda each: each.message if isinstance(each, VendorError) else None,
)
def test_a_request_that_is_refused_inside_an_answer_is_no_failure_of_its_target(
    said: VendorError, fault: Fault
) -> None:
    error = failures.of_answer("v/m", said)
    assert isinstance(error, RefusedByVendor)
    assert (error.status, error.shown().message, error.fault) == (400, said.message, fault)


def test_a_prompt_that_is_refused_inside_an_answer_is_refused_to_the_caller() -> None:
    said = VendorError("The prompt was blocked: SAFETY", "invalid_request_error", "content_filter")
    error = failures.of_answer("gemini/m", said)
    assert isinstance(error, RefusedByVendor)
    assert (error.status, error.shown(), error.fault) == (400, said, Fault.CONTENT)


def test_a_stream_without_an_end_was_cut() -> None:
    error = failures.cut("openai/m")
    assert (error.status, error.code) == (502, "vendor_cut")
