"""The configuration changes under load: nobody is refused, and a bad file changes nothing and says why."""

import asyncio
import json
import os
import signal
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.journeys.conftest import Making
from tests.journeys.program import Gateway, show, until
from tests.journeys.wire import CHAT, HELLO

WAYS = ("the API", "SIGHUP", "the API", "SIGHUP", "the API", "SIGHUP", "a written file")


def generation(configuration: str, number: int) -> str:
    """The configuration with a model that tells which one it is."""
    return configuration.replace("models:\n", f"models:\n  generation-{number}: {{ targets: [sim/echo] }}\n")


def replace(file: Path, text: str, *, in_place: bool) -> None:
    """Write a file over, or put a new one in its place, as editors do."""
    if in_place:
        file.write_text(text)
    else:
        new = file.with_suffix(".new")
        new.write_text(text)
        os.replace(new, file)


class Load:
    """Callers who never pause, until told to; `outcomes` says how their calls ended."""

    def __init__(self, gateway: Gateway, callers: int = 6) -> None:
        self.outcomes: Counter[str] = Counter()
        self._gateway = gateway
        self._callers = callers
        self._over = False

    async def run(self, meanwhile: Any) -> None:
        headers = {"authorization": f"Bearer {self._gateway.key}"}
        async with aiohttp.ClientSession(self._gateway.address, headers=headers) as session:
            async with asyncio.TaskGroup() as tasks:
                for number in range(self._callers):
                    tasks.create_task(self._call(session, stream=number % 2 == 0))
                try:
                    await asyncio.to_thread(meanwhile)
                finally:
                    self._over = True

    async def _call(self, session: aiohttp.ClientSession, *, stream: bool) -> None:
        body = {"model": "echo", "messages": HELLO, "stream": stream}
        while not self._over:
            async with session.post(CHAT, json=body) as response:
                answer = await response.read()
            whole = answer.endswith(b"data: [DONE]\n\n") if stream else b'"finish_reason":"stop"' in answer
            self.outcomes[f"{response.status}{'' if whole else ' broken'}"] += 1


@pytest.mark.parametrize(
    "reloads",
    [60, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])],
    ids=["quick", "soak"],
)
def test_reloads_under_load_refuse_nobody(make_gateway: Making, configuration: str, reloads: int) -> None:
    gateway = make_gateway(generation(configuration, 0))
    load = Load(gateway)

    def reload_again_and_again() -> None:
        with gateway.admin() as admin:
            for number, way in zip(range(1, reloads + 1), cycle(WAYS), strict=False):
                replace(gateway.file, generation(configuration, number), in_place=number % 2 == 0)
                if way == "SIGHUP":
                    gateway.signal(signal.SIGHUP)
                elif way == "the API":
                    admin.post("/admin/v1/reload").raise_for_status()
                path = f"/v1/models/generation-{number}"
                with gateway.client() as client:
                    until(lambda: client.get(path).status_code == 200, f"{way} {number} was not taken up")  # noqa: B023

    asyncio.run(load.run(reload_again_and_again))
    show(f"{reloads} reloads during {load.outcomes.total()} calls: {dict(load.outcomes)}")
    assert set(load.outcomes) == {"200"}
    assert load.outcomes["200"] > reloads
    assert gateway.metric("signalbox_config_reloads_total", outcome="changed") >= reloads


def test_a_bad_file_changes_nothing_and_says_where_it_is_bad(
    make_gateway: Making, configuration: str
) -> None:
    gateway = make_gateway(configuration)
    replace(gateway.file, configuration.replace("[sim/echo]", "[smi/echo]"), in_place=True)
    line = 1 + next(at for at, text in enumerate(configuration.splitlines()) if "[sim/echo]" in text)
    with gateway.admin() as admin, gateway.client() as client:
        refusal = admin.post("/admin/v1/reload")
        answer = client.post(CHAT, json={"model": "echo", "messages": HELLO})
        ready = client.get("/readyz").json()
        assert 400 <= refusal.status_code < 500
        assert f"signalbox.yaml:{line}:" in refusal.text
        assert "smi/echo" in refusal.text
        assert "sim/echo" in refusal.text, "what was probably meant is not said"
        assert answer.status_code == 200
        assert "configuration" in ready["problems"]
        replace(gateway.file, generation(configuration, 1), in_place=True)
        admin.post("/admin/v1/reload").raise_for_status()
        assert "configuration" not in client.get("/readyz").json()["problems"]


@pytest.mark.parametrize("way", ["SIGHUP", "a written file"])
def test_a_bad_file_that_nobody_waits_for_is_told_to_the_log(
    make_gateway: Making, configuration: str, way: str
) -> None:
    gateway = make_gateway(configuration)
    replace(gateway.file, f"{configuration}no_such_setting: 1\n", in_place=False)
    if way == "SIGHUP":
        gateway.signal(signal.SIGHUP)
    line = len(configuration.splitlines()) + 1
    until(
        lambda: f"signalbox.yaml:{line}:" in gateway.log.read_text(), "the log does not name file and line", 5
    )
    assert gateway.metric("signalbox_config_reloads_total", outcome="refused") >= 1


def test_a_model_that_is_taken_away_is_gone_for_new_calls_and_finishes_the_old(
    make_gateway: Making, configuration: str
) -> None:
    gateway = make_gateway(configuration)
    slow = {"sim": {"length": 60, "tokens_per_second": 40}}
    body = {"model": "small", "messages": HELLO, "stream": True, "metadata": slow}
    with gateway.client() as client, gateway.admin() as admin:
        with client.stream("POST", CHAT, json=body) as stream:
            lines = stream.iter_lines()
            begun = [next(lines) for _ in range(4)]
            replace(
                gateway.file, configuration.replace("  small: { targets: [sim/small] }\n", ""), in_place=False
            )
            admin.post("/admin/v1/reload").raise_for_status()
            refused = client.post(CHAT, json={"model": "small", "messages": HELLO})
            data = [line.removeprefix("data: ") for line in (*begun, *lines) if line]
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "model_not_found")
    assert data[-1] == "[DONE]"
    pieces = [json.loads(each)["choices"][0]["delta"] for each in data[:-1]]
    assert sum(bool(piece.get("content")) for piece in pieces) == 60
    (row,) = gateway.attempts(stream.headers["x-request-id"])
    assert (row["status"], row["output_tokens"], row["estimated"]) == ("ok", 60, 0)
