"""Every refusal and every failure reaches the official OpenAI SDK as the exception that it has for it."""

import json
import socket
from typing import Any

import openai
import pytest

from tests.journeys.program import Gateway, Simulator
from tests.journeys.sdk import HELLO, Blocking, Make, Sdk


def failing(status: int, **more: Any) -> dict[str, str]:
    """What makes the vendor answer with a status: `metadata` is passed on to it."""
    return {"sim": json.dumps({"fault": {"kind": "status", "status": status, **more}})}


def said(message: str, **fields: str | None) -> dict[str, dict[str, str | None]]:
    return {"error": {"message": message, "type": None, "param": None, "code": None, **fields}}


@pytest.mark.parametrize(
    ("asked", "expected", "status", "code", "param", "kind"),
    [
        ({"messages": "no list"}, openai.BadRequestError, 400, "invalid_request", "messages", "caller"),
        ({"model": "nobody"}, openai.NotFoundError, 404, "model_not_found", "model", "caller"),
        (
            {
                "metadata": failing(
                    400,
                    body=said("too long", type="caller", param="messages", code="context_length_exceeded"),
                )
            },
            openai.BadRequestError,
            400,
            "context_length_exceeded",
            "messages",
            "vendor's",
        ),
        ({"metadata": failing(409)}, openai.ConflictError, 409, "vendor_conflict", None, "upstream"),
        (
            {
                "metadata": failing(
                    422, body=said("no such voice", type="caller", param="voice", code="bad_voice")
                )
            },
            openai.UnprocessableEntityError,
            422,
            "bad_voice",
            "voice",
            "vendor's",
        ),
        ({"metadata": failing(429)}, openai.RateLimitError, 429, "vendor_rate_limited", None, "upstream"),
        ({"metadata": failing(500)}, openai.InternalServerError, 502, "vendor_failed", None, "upstream"),
        ({"metadata": failing(503)}, openai.InternalServerError, 503, "vendor_overloaded", None, "upstream"),
        (
            {"metadata": failing(401)},
            openai.InternalServerError,
            502,
            "vendor_credentials_rejected",
            None,
            "upstream",
        ),
    ],
    ids=["400", "404", "vendor 400", "409", "422", "429", "vendor 500", "vendor 503", "vendor 401"],
)
def test_each_refusal_is_the_sdks_own_exception(
    sdk: Sdk,
    asked: dict[str, Any],
    expected: type[openai.APIStatusError],
    status: int,
    code: str,
    param: str | None,
    kind: str,
) -> None:
    types = {"caller": "invalid_request_error", "upstream": "upstream_error", "vendor's": "caller"}
    with pytest.raises(expected) as caught:
        sdk.ask(
            lambda client: client.chat.completions.create(**{"model": "small", "messages": HELLO, **asked})
        )
    error = caught.value
    assert (error.status_code, error.code, error.param) == (status, code, param)
    assert error.type == types[kind]
    assert error.request_id is not None
    assert error.request_id.startswith("req_")
    assert isinstance(error.body, dict)
    assert error.body["message"]


def test_a_vendors_own_words_reach_the_caller(sdk: Sdk) -> None:
    words = said(
        "This prompt is 9000 tokens too long.", type="invalid_request_error", code="context_length_exceeded"
    )
    with pytest.raises(openai.BadRequestError, match="9000 tokens too long"):
        sdk.ask(
            lambda client: client.chat.completions.create(
                model="small", messages=HELLO, metadata=failing(400, body=words)
            )
        )


def test_a_wrong_key_is_an_authentication_error(make: Make) -> None:
    sdk = make(api_key="sk-sb-nobody-knows-this-one")
    with pytest.raises(openai.AuthenticationError) as caught:
        sdk.ask(lambda client: client.chat.completions.create(model="small", messages=HELLO))
    assert caught.value.code == "invalid_api_key"
    assert "sk-sb-nobody-knows-this-one" not in str(caught.value)


@pytest.fixture(scope="module")
def narrow_key(gateway: Gateway) -> str:
    """A key that may use one model."""
    return gateway.new_key(models=["echo"])[1]


def test_a_model_that_the_key_may_not_use_is_a_permission_error(make: Make, narrow_key: str) -> None:
    sdk = make(api_key=narrow_key)
    assert sdk.ask(lambda client: client.chat.completions.create(model="echo", messages=HELLO))
    with pytest.raises(openai.PermissionDeniedError) as caught:
        sdk.ask(lambda client: client.chat.completions.create(model="small", messages=HELLO))
    assert (caught.value.code, caught.value.param) == ("model_not_allowed", "model")


@pytest.mark.parametrize(
    ("asked", "shown"), [("7", "7"), ("3600", None)], ids=["short", "too long to pass on"]
)
def test_retry_after_reaches_the_caller_unless_it_is_too_long(
    sdk: Sdk, asked: str, shown: str | None
) -> None:
    with pytest.raises(openai.RateLimitError) as caught:
        sdk.ask(
            lambda client: client.chat.completions.create(
                model="small", messages=HELLO, metadata=failing(429, headers={"retry-after": asked})
            )
        )
    assert caught.value.response.headers.get("retry-after") == shown


def test_a_caller_who_waits_no_longer_gets_a_timeout(make: Make) -> None:
    sdk = make(timeout=0.3)
    with pytest.raises(openai.APITimeoutError):
        sdk.ask(
            lambda client: client.chat.completions.create(
                model="small", messages=HELLO, metadata={"sim": "first_ms=5000"}
            )
        )


def test_a_gateway_that_is_not_there_is_a_connection_error(make: Make) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        sdk = make(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}/v1")
        with pytest.raises(openai.APIConnectionError):
            sdk.ask(lambda client: client.chat.completions.create(model="small", messages=HELLO))


def test_a_stream_that_breaks_raises_after_what_came(sdk: Sdk) -> None:
    with pytest.raises(openai.APIError) as caught:
        sdk.collect(
            lambda client: client.chat.completions.create(
                model="small", messages=HELLO, stream=True, metadata={"sim": "fault=cut_text,after=3"}
            )
        )
    assert not isinstance(caught.value, openai.APIStatusError)
    assert caught.value.type == "upstream_error"
    assert caught.value.code in ("vendor_cut", "vendor_unreachable")


def test_the_sdks_retries_find_the_vendor_well_again(make: Make, simulator: Simulator) -> None:
    sdk = make(max_retries=2)
    length = 11 if isinstance(sdk, Blocking) else 12  # the simulator counts calls in the same words
    model = f"sim/small@length={length},fault=status,status=503,first=2"
    answer = sdk.ask(lambda client: client.chat.completions.create(model=model, messages=HELLO))
    assert answer.usage.completion_tokens == length
    statuses = [line["status"] for line in simulator.bill() if line["model"] == model.removeprefix("sim/")]
    assert statuses == [503, 503, 200]


def test_the_sdk_does_not_try_again_what_only_the_operator_can_mend(make: Make, simulator: Simulator) -> None:
    sdk = make(max_retries=2)
    model = f"sim/small@length={13 if isinstance(sdk, Blocking) else 14},fault=status,status=402"
    with pytest.raises(openai.InternalServerError) as caught:
        sdk.ask(lambda client: client.chat.completions.create(model=model, messages=HELLO))
    assert caught.value.code == "vendor_balance_exhausted"
    assert len([line for line in simulator.bill() if line["model"] == model.removeprefix("sim/")]) == 1
