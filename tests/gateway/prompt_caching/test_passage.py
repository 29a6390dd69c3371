"""The line of a model with `prompt_cache` marks what it sends; every other line is as it was."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from config.catalog import ModelGroup, PriceOverride, Secret, Target, Vendor
from config.kinds import Operation
from gateway.deployment import Deployment, UpstreamPool
from gateway.formats import SPOKEN
from gateway.prompt_caching.passage import Marked
from gateway.vendors.anthropic import VENDOR as ANTHROPIC
from gateway.vendors.bedrock import VENDOR as BEDROCK
from gateway.vendors.openai import VENDOR as OPENAI
from ledger.prices import compile_prices
from tests.gateway.caching.test_rules import CATALOG
from tests.gateway.road import AT

SYSTEM = "Say where each train is held. " * 300
PRICES = tuple(PriceOverride(f"{name}/*", 3, 15, cached_read=1, cache_write=4) for name in ("a", "b", "o"))


def deployed(prompt_cache: bool, prices: tuple[PriceOverride, ...] = PRICES, keys: int = 1) -> Deployment:
    kinds = {"a": ANTHROPIC, "b": BEDROCK, "o": OPENAI}
    secret = Secret("k", "test")
    more = (secret,) * (keys - 1)
    vendors = {
        name: Vendor(name, kind, "http://v.test", secret, more_keys=more) for name, kind in kinds.items()
    }
    targets = (Target("a", "claude"), Target("b", "claude"), Target("b", "nova"), Target("o", "gpt"))
    group = ModelGroup("fast", targets, prompt_cache=prompt_cache)
    catalog = replace(CATALOG, vendors=MappingProxyType(vendors), models=MappingProxyType({"fast": group}))
    return Deployment(replace(catalog, prices=prices), compile_prices(prices, {}, AT), UpstreamPool())


def sent(deployment: Deployment, target: str, operation: Operation, body: Any, lane: int = 0) -> bytes:
    route = deployment.route("fast")
    assert route is not None
    raw = msgspec.json.encode(body)
    way = route.lines[target].lanes[lane].ways[operation]
    asked = SPOKEN[operation].peek(raw)
    return way.passage.request(raw, asked, way.destination(asked)).body


MESSAGES = {"model": "fast", "max_tokens": 9, "system": SYSTEM}
CHAT = {"model": "fast", "messages": [{"role": "system", "content": SYSTEM}]}


def asking(operation: Operation, number: int) -> dict[str, Any]:
    turn = {"role": "user", "content": f"Train {number}?"}
    return (
        {**MESSAGES, "messages": [turn]}
        if operation is Operation.MESSAGES
        else {
            **CHAT,
            "messages": [*CHAT["messages"], turn],
        }
    )


@pytest.mark.parametrize("operation", [Operation.MESSAGES, Operation.CHAT], ids=["as it came", "translated"])
def test_what_comes_again_is_marked_for_a_vendor_that_takes_marks(operation: Operation) -> None:
    deployment = deployed(prompt_cache=True)
    bodies = [sent(deployment, "a/claude", operation, asking(operation, number)) for number in range(5)]
    assert b"cache_control" not in bodies[0]
    assert bodies[-1].count(b"cache_control") == 1
    assert msgspec.json.decode(bodies[-1])["system"][-1]["cache_control"] == {"type": "ephemeral"}


def test_what_one_key_s_account_keeps_is_not_there_for_another() -> None:
    deployment = deployed(prompt_cache=True, keys=2)

    def marked(number: int, lane: int) -> bool:
        body = asking(Operation.MESSAGES, number)
        return b"cache_control" in sent(deployment, "a/claude", Operation.MESSAGES, body, lane)

    assert not marked(0, lane=1)
    assert [marked(number, lane=0) for number in range(1, 6)][-1]
    assert not marked(6, lane=1)


def test_other_vendors_and_other_models_are_not_touched() -> None:
    for deployment, target in ((deployed(True), "o/gpt"), (deployed(False), "a/claude")):
        bodies = [sent(deployment, target, Operation.CHAT, asking(Operation.CHAT, 1)) for _ in range(9)]
        assert all(b"cache_control" not in each for each in bodies)
    route = deployed(True, prices=()).route("fast")
    assert route is not None  # its price says nothing of what is kept
    ways = route.lines["a/claude"].ways
    assert not any(isinstance(ways[operation].passage, Marked) for operation in ways.served)


@pytest.mark.parametrize(("target", "points"), [("b/claude", 2), ("b/nova", 1)])
def test_of_bedrock_s_models_only_claude_gets_a_point_after_tools(target: str, points: int) -> None:
    deployment = deployed(prompt_cache=True)
    tool = {"name": "move", "description": SYSTEM, "input_schema": {"type": "object"}}
    asks = [{**asking(Operation.MESSAGES, number), "tools": [tool]} for number in range(5)]
    bodies = [sent(deployment, target, Operation.MESSAGES, each) for each in asks]
    assert bodies[-1].count(b"cachePoint") == points
