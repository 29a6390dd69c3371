"""Health and metrics, as a client sees them."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.endpoints.plain import Health
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
