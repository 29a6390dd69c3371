"""Health and metrics, as a client sees them."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.endpoints.plain import Health
from gateway.routing.learning import Learning
from tests.gateway.inside import gateway


async def test_somebody_is_there_without_a_key(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        answers = [await here.client.request(method, "/") for method in ("HEAD", "GET")]
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_metrics_are_in_prometheus_text_format(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        answer = await here.client.get("/metrics")
    families = {family.name for family in text_string_to_metric_families(answer.text)}
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert {"signalbox_requests", "signalbox_spool_rows", "signalbox_open_streams"} <= families


@pytest.mark.parametrize(
    ("problems", "status", "said"),
    [
        ({}, 200, "ok"),
        ({"ledger": "rows wait"}, 200, "degraded"),
        ({"draining": "stopping"}, 503, "degraded"),
    ],
    ids=["well", "limping", "stopping"],
)
async def test_only_a_process_that_stops_is_taken_out_of_service(problems, status, said) -> None:
    answer = await Health(lambda: problems).ready(None)  # type: ignore[arg-type]
    assert (answer.status_code, f'"status":"{said}"' in bytes(answer.body).decode()) == (status, True)


async def test_whatever_breaks_is_told_in_json_with_the_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(Learning, "label", breaks)
    async with gateway(tmp_path) as here:
        body = {"request_id": "req_01", "score": 1}
        failed = await here.client.post("/v1/feedback", json=body, headers=here.headers)
    told, call_id = failed.json()["error"], failed.headers["x-request-id"]
    assert (failed.status_code, told["code"], told["type"]) == (500, "internal_error", "server_error")
    assert call_id in told["message"] and "on fire" not in told["message"]
    assert call_id in caplog.text and "on fire" in caplog.text
