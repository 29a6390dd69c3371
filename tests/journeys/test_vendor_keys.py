"""Keys of a vendor are changed without a caller noticing, and a vendor at its limit is not asked at all."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running

REFUSES = (
    '{"fault": {"kind": "status", "status": 401, "keys": ["sk-dead"]}, '
    '"headers": {"x-ratelimit-remaining-requests": "5000"}}'
)
LIMITS = REFUSES.replace("401", '429, "headers": {"retry-after-ms": "60000"}')
USED_UP = '{"headers": {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m0s"}}'
LONG = (
    '{"fault": {"kind": "status", "status": 400, "body": {"error": {"message": "too long", '
    '"type": "invalid_request_error", "code": "context_length_exceeded"}}}}'
)
FILTERED = LONG.replace("context_length_exceeded", "content_filter").replace("too long", "no")


def configuration(base_url: str) -> str:
    def vendor(name: str, told: str, keys: str = "") -> str:
        return f"  {name}: {{ kind: sim, base_url: \"{base_url}\", headers: {{ x-sim: '{told}' }}{keys} }}"

    two = ", api_keys: [sk-dead, sk-well]"
    return "\n".join(
        (
            "vendors:",
            f'  well: {{ kind: sim, base_url: "{base_url}" }}',
            vendor("refuses", REFUSES, two),
            vendor("limits", LIMITS, two),
            vendor("used-up", USED_UP),
            vendor("short", LONG),
            vendor("prim", FILTERED),
            "models:",
            "  well: { targets: [well/large] }",
            "  other: { targets: [well/echo] }",
            "  refused: { targets: [refuses/small] }",
            "  limited: { targets: [limits/small] }",
            "  used-up: { targets: [used-up/small], fallback: [well] }",
            "  long: { targets: [short/small], fallback: [well], on: { context: [other] } }",
            "  filtered: { targets: [prim/small], fallback: [well], on: { content: [other] } }",
            "  prim: { targets: [prim/small], fallback: [well] }",
            f"admin_key: {ADMIN_KEY}",
        )
    )


@pytest.fixture(scope="module")
def gateway(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path_factory.mktemp("vendor-keys"), configuration(simulator.base_url))
    with running(gateway):
        yield gateway


def ask(gateway: Gateway, model: str) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "Which train?"}]}
    with gateway.client() as client:
        return client.post("/v1/chat/completions", json=body)


def target(gateway: Gateway, name: str) -> dict[str, Any]:
    with gateway.admin() as admin:
        found = admin.get("/admin/v1/targets").raise_for_status().json()["data"]
    return next(each for each in found if each["target"] == name)


@pytest.mark.parametrize(("model", "vendor"), [("refused", "refuses"), ("limited", "limits")])
def test_the_next_key_is_used_at_once_and_from_then_on(gateway: Gateway, model: str, vendor: str) -> None:
    answers = [ask(gateway, model) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [answer.headers["x-signalbox-attempts"] for answer in answers] == ["2", "1", "1"]
    rows = gateway.attempts(answers[0].headers["x-request-id"], 2)
    assert [(row["status"], row["cost_nano"] > 0) for row in rows] == [("error", False), ("ok", True)]
    assert "the next key, 2 of 2" in rows[1]["trail"]
    first, second = target(gateway, f"{vendor}/small")["keys"]
    assert first["waits_seconds"] > 30 and second["waits_seconds"] == 0
    assert gateway.metric("signalbox_key_waits_total", vendor=vendor) == 1


def test_a_vendor_with_nothing_left_is_not_asked_before_it_has_to_refuse(gateway: Gateway) -> None:
    first, second = ask(gateway, "used-up"), ask(gateway, "used-up")
    assert first.headers["x-signalbox-target"] == "used-up/small"
    assert second.headers["x-signalbox-target"] == "well/large"
    assert second.headers["x-signalbox-attempts"] == "1"
    (row,) = gateway.attempts(second.headers["x-request-id"])
    assert "used-up/small: its vendor has nothing left for this key" in row["trail"]


@pytest.mark.parametrize("model", ["long", "filtered"])
def test_a_refused_prompt_goes_where_the_group_says(gateway: Gateway, model: str) -> None:
    answer = ask(gateway, model)
    assert answer.status_code == 200
    assert answer.headers["x-signalbox-target"] == "well/echo"
    assert answer.headers["x-signalbox-attempts"] == "2"


def test_refused_content_goes_nowhere_else_by_itself(gateway: Gateway) -> None:
    answer = ask(gateway, "prim")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "content_filter")
