"""The list of models, health and metrics, as a client sees them."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.endpoints.plain import Health
from tests.gateway.inside import gateway


@pytest.mark.parametrize("prefix", ["/v1", ""])
async def test_models_are_those_of_the_configuration(tmp_path: Path, prefix: str) -> None:
    async with gateway(tmp_path) as here:
        listed = (await here.get(f"{prefix}/models")).json()
        shown = await here.get(f"{prefix}/models/sim/small")
        unknown = await here.get(f"{prefix}/models/nothing")
    assert [model["id"] for model in listed["data"]] == ["demo", "sim/*", "sim-*"]
    assert (shown.status_code, shown.json()["id"]) == (200, "sim/small")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "model_not_found")


async def test_models_need_a_key_and_every_answer_has_an_id(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        refused = await here.client.get("/v1/models")
        listed = await here.get("/v1/models")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")
    ids = {answer.headers["x-request-id"] for answer in (refused, listed)}
    assert len(ids) == 2


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
