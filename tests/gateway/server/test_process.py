"""A gateway in one process: what it serves, finds and says while it runs."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from config.catalog import Loaded, Secret
from config.defaults import default_catalog
from config.errors import ConfigError, Problem
from config.kinds import VendorKind
from gateway.server.listening import listen
from gateway.server.workers import Membership
from storage.errors import StoreDown
from tests.gateway.inside import KINDS, Here, gateway
from tests.gateway.server.test_local import FOUND, server

AnswerT = TypeVar("AnswerT")


async def test_it_says_what_it_is_and_that_it_is_well(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        assert (await here.get("/healthz")).json() == {"status": "ok"}
        assert (await here.get("/readyz")).json() == {"status": "ok", "problems": {}}
        document = (await here.get("/openapi.json")).json()
        assert document["info"]["version"] == "1.2.3"
        assert {"/admin/v1/usage", "/v1/organization/usage/completions", "/v1/organization/costs"} <= set(
            document["paths"]
        )
        metrics = (await here.get("/metrics")).text
        assert "signalbox_spool_rows 0.0" in metrics
        assert "signalbox_lost_attempts 0.0" in metrics


async def test_a_call_is_answered_and_ends_up_in_the_report(tmp_path: Path) -> None:
    async with gateway(tmp_path, load=with_admin_key) as here:
        body = {"model": "demo", "messages": [{"role": "user", "content": "Hello!"}]}
        answer = await here.client.post("/v1/chat/completions", json=body, headers=here.headers)
        assert answer.status_code == 200
        admin = {"authorization": "Bearer an-admin-key-of-the-test"}
        report = await eventually(lambda: usage(here, admin), lambda report: report["data"])
        assert report["total"]["output_tokens"] == answer.json()["usage"]["completion_tokens"]
        refused = await here.client.get("/admin/v1/usage", headers=here.headers)
        assert refused.status_code == 403


def with_admin_key() -> Loaded:
    from_nothing = default_catalog(KINDS, {}).catalog
    settings = replace(from_nothing.settings, admin_key=Secret("an-admin-key-of-the-test", "literal"))
    return Loaded(replace(from_nothing, settings=settings))


async def test_a_local_server_is_found_after_the_start_and_survives_a_reload(tmp_path: Path) -> None:
    async with server(FOUND) as (port, asked):
        kind = VendorKind(
            "ollama", "Ollama", f"http://127.0.0.1:{port}/v1", key_required=False, probe="/models"
        )
        async with gateway(tmp_path, kinds=(kind,)) as here:
            assert "ollama" not in here.started.loaded.catalog.vendors
            await eventually(lambda: models(here), lambda found: "ollama/*" in found)
            os.kill(os.getpid(), signal.SIGHUP)
            await asyncio.sleep(0.5)
            assert "ollama/*" in await models(here)
    assert len(asked) == 1


async def test_with_a_file_nothing_is_looked_for(tmp_path: Path) -> None:
    def load() -> Loaded:
        return Loaded(replace(default_catalog(KINDS, {}).catalog, source="signalbox.yaml"))

    async with server(FOUND) as (port, asked):
        kind = VendorKind(
            "ollama", "Ollama", f"http://127.0.0.1:{port}/v1", key_required=False, probe="/models"
        )
        async with gateway(tmp_path, kinds=(kind,), load=load):
            await asyncio.sleep(0.3)
    assert asked == []


async def models(here: Here) -> list[str]:
    return [model["id"] for model in (await here.get("/v1/models")).json()["data"]]


async def usage(here: Here, headers: dict[str, str]) -> dict[str, Any]:
    return dict((await here.client.get("/admin/v1/usage", headers=headers)).json())


async def eventually(ask: Callable[[], Awaitable[AnswerT]], wanted: Callable[[AnswerT], object]) -> AnswerT:
    """The first answer that is as wanted."""
    for _ in range(500):
        found = await ask()
        if wanted(found):
            return found
        await asyncio.sleep(0.02)
    pytest.fail(f"never came to be; last: {found}")


async def test_a_reload_that_is_refused_is_a_problem_that_is_told(tmp_path: Path) -> None:
    good = default_catalog(KINDS, {}).catalog
    wrong: list[bool] = []

    def load() -> Loaded:
        if wrong:
            raise ConfigError([Problem("signalbox.yaml", "server.port", '"x"', "a port")])
        return Loaded(good)

    async with gateway(tmp_path, load=load) as here:
        wrong.append(True)
        os.kill(os.getpid(), signal.SIGHUP)
        ready = await eventually(lambda: here.get("/readyz"), lambda ready: ready.json()["problems"])
        problems = ready.json()["problems"]
        assert "refused" in problems["configuration"]
        assert (await here.get("/v1/models")).status_code == 200


async def test_a_worker_tells_its_parent_shares_its_metrics_and_ends_with_it(tmp_path: Path) -> None:
    parent, ours = socket.socketpair()
    (tmp_path / "state" / "metrics").mkdir(parents=True)
    listener = listen("127.0.0.1", 0)
    with parent:
        membership = Membership(3, listener, ours)
        async with gateway(tmp_path, membership=membership, listener=listener) as here:
            assert "signalbox_open_streams 0.0" in (await here.get("/metrics")).text
            assert (tmp_path / "state" / "metrics" / "3.json").is_file()
            parent.close()
            async with asyncio.timeout(10):
                await asyncio.wait((here.running,))
    ours.close()


async def test_a_database_that_cannot_be_opened_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(StoreDown, match="cannot be opened"):
        async with gateway(tmp_path, database_url=lambda _: "sqlite:////proc/no/signalbox.db"):
            pass
