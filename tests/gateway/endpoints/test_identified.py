"""Every answer of the application has an id."""

from pathlib import Path

import pytest

from tests.gateway.inside import gateway

PATHS = {
    "/healthz": 200,
    "/readyz": 200,
    "/metrics": 200,
    "/openapi.json": 200,
    "/v1/runs": 404,
    "/v1/models": 401,
    "/admin/v1/keys": 401,
    "/admin/v1/nothing": 401,
    "/v1/organization/costs": 401,
    "/nothing": 404,
    "/v1/chat/completions": 405,
}


@pytest.mark.parametrize(("path", "status"), PATHS.items(), ids=PATHS)
async def test_every_answer_has_one_id(path: str, status: int, tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        first, second = [await here.client.get(path) for _ in range(2)]
    assert first.status_code == status
    (told,) = first.headers.get_list("x-request-id")
    assert told.startswith("req_") and told != second.headers["x-request-id"]


async def test_the_id_of_a_passed_on_call_is_that_of_its_row(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        answer = await here.client.get("/v1/batches", headers=here.headers)
    (told,) = answer.headers.get_list("x-request-id")
    assert told == answer.headers["x-signalbox-trail"]
