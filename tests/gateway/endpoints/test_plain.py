"""The list of models, health and metrics over HTTP, with the errors and ids of every other answer."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from openai.types import Model
from starlette.applications import Starlette

from config.catalog import Passthrough
from gateway.clock import Clock
from gateway.endpoints.plain import Exposition, Health, Models, plain_routes
from gateway.errors import Unauthenticated, Unavailable
from gateway.services import Services
from ledger.principal import Principal
from ledger.scope import compile_scope

SCOPES: dict[bytes, tuple[str, ...] | None] = {b"all": None, b"some": ("fast", "openai/*"), b"none": ()}


class Keys:
    async def ask(self, credential: bytes) -> Principal:
        if credential == b"away":
            raise Unavailable("Keys cannot be looked up.")
        if credential not in SCOPES:
            raise Unauthenticated("No key.")
        allowed = SCOPES[credential]
        scope = None if allowed is None else compile_scope(allowed)
        return Principal("k", "key", "caller", "", "t", "o", scope)


class Deployment:
    catalog = SimpleNamespace(
        models={"fast": 1, "smart": 2},
        passthroughs=(Passthrough("openai/*", "openai", True), Passthrough("fast", "x", False)),
    )

    def route(self, model: str) -> object | None:
        return object() if model in self.catalog.models or model.startswith("openai/") else None


def services() -> Services:
    fake = SimpleNamespace(
        deployment=Deployment(),
        keys=Keys(),
        books=SimpleNamespace(clock=Clock(unix_ms=lambda: 1_800_000_000_000)),
        random_bits=lambda width: 7,
    )
    return cast(Services, fake)


@asynccontextmanager
async def site(problems: dict[str, str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    parts = services()
    health = Health(lambda: problems or {})
    app = Starlette(
        routes=plain_routes(Models(parts), health, Exposition(lambda: b"signalbox_open_streams 0.0\n"), parts)
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://signalbox.test") as client:
        yield client


async def ask(path: str, key: str = "all") -> httpx.Response:
    async with site() as client:
        return await client.get(path, headers={"authorization": f"Bearer {key}"})


@pytest.mark.parametrize("path", ["/v1/models", "/models"])
@pytest.mark.parametrize(
    ("key", "names"),
    [("all", ["fast", "smart", "openai/*"]), ("some", ["fast", "openai/*"]), ("none", [])],
)
async def test_a_key_sees_the_models_that_it_may_use(path: str, key: str, names: list[str]) -> None:
    listing = (await ask(path, key)).json()
    assert listing["object"] == "list"
    assert [Model.model_validate(each, strict=True).id for each in listing["data"]] == names


@pytest.mark.parametrize("name", ["fast", "openai/gpt-4o", "openai/org/deep"])
async def test_a_model_is_shown_also_with_slashes_in_its_name(name: str) -> None:
    answer = await ask(f"/v1/models/{name}", "some")
    assert (answer.status_code, answer.json()["id"]) == (200, name)


@pytest.mark.parametrize("name", ["smart", "nothing"])
async def test_a_model_that_the_key_may_not_use_is_told_no_different_from_none(name: str) -> None:
    answer = await ask(f"/v1/models/{name}", "some")
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "message": f"The model '{name}' does not exist here, or this key may not use it.",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }


@pytest.mark.parametrize(
    ("key", "status", "code"), [("bad", 401, "invalid_api_key"), ("away", 503, "store_unavailable")]
)
@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/fast"])
async def test_nobody_sees_models_without_a_key(path: str, key: str, status: int, code: str) -> None:
    answer = await ask(path, key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("key", ["all", "bad"])
async def test_every_answer_about_models_has_an_id(key: str) -> None:
    assert re.fullmatch("req_[0-9a-f]{24}", (await ask("/v1/models", key)).headers["x-request-id"])


@pytest.mark.parametrize(
    ("problems", "status", "body"),
    [
        ({}, 200, {"status": "ok", "problems": {}}),
        ({"ledger": "slow"}, 200, {"status": "degraded", "problems": {"ledger": "slow"}}),
        ({"draining": "stops"}, 503, {"status": "degraded", "problems": {"draining": "stops"}}),
    ],
    ids=["well", "degraded", "draining"],
)
async def test_readiness_says_what_is_wrong_and_stops_traffic_only_when_draining(
    problems: dict[str, str], status: int, body: dict[str, Any]
) -> None:
    async with site(problems) as client:
        ready, live = await client.get("/readyz"), await client.get("/healthz")
    assert (ready.status_code, ready.json()) == (status, body)
    assert (live.status_code, live.json()) == (200, {"status": "ok"})


async def test_metrics_are_text_for_prometheus() -> None:
    answer = await ask("/metrics", "nobody")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text == "signalbox_open_streams 0.0\n"
