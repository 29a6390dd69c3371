"""The models that the configuration declares, in the form of whoever asks for them."""

from pathlib import Path

import httpx
import pytest

from tests.gateway.inside import Here, gateway

DECLARED = ["demo", "sim/*", "sim-*"]


async def ask(here: Here, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await here.client.get(path, headers=here.headers | named)


@pytest.mark.parametrize("prefix", ["/v1", ""])
async def test_models_are_those_of_the_configuration(tmp_path: Path, prefix: str) -> None:
    async with gateway(tmp_path) as here:
        listed = (await here.get(f"{prefix}/models")).json()
        shown = await here.get(f"{prefix}/models/sim/small")
        unknown = await here.get(f"{prefix}/models/nothing")
    assert [model["id"] for model in listed["data"]] == DECLARED
    assert (shown.status_code, shown.json()["id"]) == (200, "sim/small")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "model_not_found")


async def test_models_need_a_key_and_every_answer_has_an_id(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        refused = await here.client.get("/v1/models")
        listed = await here.get("/v1/models")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")
    ids = {answer.headers["x-request-id"] for answer in (refused, listed)}
    assert len(ids) == 2


async def test_anthropics_clients_get_pages_of_their_own(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        version = {"anthropic_version": "2023-06-01"}
        page = (await ask(here, "/v1/models?limit=2", **version)).json()
        rest = (await ask(here, f"/v1/models?limit=2&after_id={page['last_id']}", **version)).json()
        shown = (await ask(here, "/v1/models/sim/small", **version)).json()
        wrong = await ask(here, "/v1/models?limit=many", **version)
        lost = await ask(here, "/v1/models?after_id=nothing", **version)
    assert [model["id"] for model in page["data"] + rest["data"]] == DECLARED
    assert (page["has_more"], rest["has_more"]) == (True, False)
    assert (shown["type"], shown["id"]) == ("model", "sim/small")
    for refused, of in ((wrong, "limit"), (lost, "after_id")):
        assert (refused.status_code, refused.json()["type"]) == (400, "error")
        assert refused.json()["error"]["message"].startswith(f"{of}: ")
        assert refused.headers["request-id"] == refused.headers["x-request-id"]


async def test_geminis_clients_get_pages_of_their_own(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        page = (await ask(here, "/v1beta/models?pageSize=2")).json()
        rest = (await ask(here, f"/v1beta/models?pageToken={page['nextPageToken']}")).json()
        shown = (await ask(here, "/v1beta/models/sim/small")).json()
        key = here.headers["authorization"].removeprefix("Bearer ")
        by_address = await here.client.get(f"/v1beta/models?key={key}")
    assert [model["name"] for model in page["models"] + rest["models"]] == [
        f"models/{name}" for name in DECLARED
    ]
    assert shown["name"] == "models/sim/small"
    assert by_address.status_code == 200


async def test_googles_clients_are_known_below_v1_too(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        key = here.headers["authorization"].removeprefix("Bearer ")
        headers = {"x-goog-api-key": key}
        page = (await here.client.get("/v1/models?pageSize=2", headers=headers)).json()
        shown = (await here.client.get("/v1/models/sim/small", headers=headers)).json()
    assert [model["name"] for model in page["models"]] == [f"models/{name}" for name in DECLARED[:2]]
    assert page["nextPageToken"]
    assert shown["name"] == "models/sim/small"


@pytest.mark.parametrize("said", [{"user_agent": "cohere/7.3.1"}, {"x_fern_sdk_name": "cohere"}], ids=str)
async def test_coheres_clients_get_names(said: dict[str, str], tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        listed = (await ask(here, "/v1/models", **said)).json()
        shown = (await ask(here, "/v1/models/demo", **said)).json()
    assert [model["name"] for model in listed["models"]] == DECLARED
    assert (shown["name"], shown["endpoints"]) == ("demo", ["chat", "embed", "rerank"])


async def test_mistrals_clients_get_what_a_model_can_do(tmp_path: Path) -> None:
    # The older one says what a body would be, of which it has none.
    said = {"user_agent": "mistral-client-python/1.2.0", "content_type": "application/octet-stream"}
    async with gateway(tmp_path) as here:
        listed = (await ask(here, "/v1/models", **said)).json()
        shown = (await ask(here, "/v1/models/demo", **said)).json()
    assert [(model["id"], model["type"]) for model in listed["data"]] == [(name, "base") for name in DECLARED]
    assert shown["capabilities"]["completion_chat"] is True


async def test_ollamas_clients_get_tags(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        tags = (await ask(here, "/api/tags")).json()
        shown = [
            await here.client.post("/api/show", headers=here.headers, content=asked)
            for asked in ('{"model": "demo"}', '{"name": "sim/small"}', '{"model": "nothing"}', "[]")
        ]
        running = (await ask(here, "/api/ps")).json()
        version = (await here.client.get("/api/version")).json()
        stranger = await here.client.post("/api/show", content='{"model": "demo"}')
    assert [model["name"] for model in tags["models"]] == DECLARED
    assert [answer.status_code for answer in (*shown, stranger)] == [200, 200, 404, 400, 401]
    assert shown[0].json()["capabilities"] == ["completion", "tools", "vision"]
    assert all(isinstance(answer.json()["error"], str) for answer in (*shown[2:], stranger))
    assert (running, version) == ({"models": []}, {"version": "0.12.6"})
