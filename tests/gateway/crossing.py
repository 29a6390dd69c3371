"""A road on which the group `auto` chooses between the scripted vendors `cheap`, `strong` and `judge`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from config.catalog import ModelGroup, Strategy, Target
from config.strategies import found_strategies
from gateway.around.kinds import Around, Means
from gateway.attempts.attempts import Attempts
from gateway.call import Call
from gateway.pipeline import answer
from gateway.routing.choosing import Router
from gateway.routing.learning import Learning
from routing.budget import Budget
from tests.gateway.road import Answer, Caller, Road

USAGE = {"prompt_tokens": 100, "completion_tokens": 10}


def said(text: str, finish: str = "stop", **message: Any) -> Answer:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text, **message},
        "finish_reason": finish,
    }
    return Answer([json.dumps({"id": "v", "model": "m", "choices": [choice], "usage": USAGE}).encode()])


def crossing(
    script: Mapping[str, Sequence[Answer]],
    kind: str,
    learning: Learning | None = None,
    extra: int = 100,
    **written: Any,
) -> Road:
    """The group's strategy is of this kind, with these settings beside its defaults."""
    on = Road(script)
    found = found_strategies()[kind]
    options = {name: option.default for name, option in found.options.items()} | written
    sides = {name: str(options[name]) for name, each in found.options.items() if each.names == "group"}
    sides = {name: group for name, group in sides.items() if group != "None"}
    groups = {name: ModelGroup(name, (Target(name, "m"),)) for name in script}
    targets = () if sides else tuple(Target(name, "m") for name in script)
    auto = ModelGroup("auto", targets, Strategy(kind, MappingProxyType(options), MappingProxyType(sides)))
    catalog = replace(on.deployment.catalog, models={**groups, "auto": auto})
    on.deployment = replace(on.deployment, catalog=catalog, _routes={})
    budget = Budget(0.0, extra)
    attempts = Attempts(on.books, lambda: 0.5, budget, Budget(1.0, 100))
    router = Router(found_strategies(), lambda: 0.5)
    around = Around(Means(attempts, router, on.books, budget, lambda: 0.5, learning))
    on.services = replace(
        on.services, deployment=on.deployment, router=router, attempts=attempts, around=around
    )
    return on


def call(on: Road, *, stream: bool = False, **members: Any) -> Call:
    asked = on.call(stream=stream, model="auto")
    body = {"model": "auto", "messages": [{"role": "user", "content": "How many trains?"}], **members}
    asked.body = json.dumps({**body, **({"stream": True} if stream else {})}).encode()
    asked.asked = asked.dialect.peek(asked.body)
    return asked


async def ask(on: Road, asked: Call | None = None, *, stream: bool = False) -> Caller:
    caller = Caller(on.log)
    await answer(asked or call(on, stream=stream), on.services, caller)
    return caller


def text(caller: Caller) -> str:
    """What a caller of whole answers reads."""
    content: str = json.loads(caller.body)["choices"][0]["message"]["content"]
    return content


def steps(on: Road, stage: str) -> list[tuple[str, str]]:
    """What the last row's trail says of a stage."""
    return [(step[1], step[2]) for step in json.loads(on.rows[-1].trail) if step[0] == stage]
