"""Remote guards with the action `ask`, called concurrently before a tool call."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import msgspec

from agentloop.choke import Case
from config.kinds import Operation
from gateway.agents.asking import TAG
from gateway.around.collecting import Holder
from gateway.call import Errand
from gateway.errors import GatewayError
from gateway.formats import SPOKEN
from gateway.guardrails.consulting import Asked, Consulting, NoAnswer
from gateway.guardrails.cordons import DistantPost
from gateway.guardrails.model_couriers import call_of
from gateway.services import Services
from guardrails.bodies import Body, Part
from guardrails.distant import shown
from guardrails.guard import Finding, GuardBroken, Stage

_ENCODE = msgspec.json.Encoder().encode

Texts = Sequence[tuple[Stage, Body | None]]


async def warned_elsewhere(
    services: Services, case: Case, posts: Sequence[DistantPost], texts: Texts, failed: list[tuple[str, str]]
) -> list[tuple[DistantPost, Counter[str]]]:
    """Each guard's findings by type; failures that may be skipped go to `failed`. Raises GuardBroken.

    The calls are made with the key that started the run, which pays for those that use a model.
    """
    asked = [
        _asked(post, stage, body)
        for post in posts
        for stage, body in texts
        if body is not None and body.pieces and stage in post.guard.stages
    ]
    if not asked:
        return []
    said = await _said(services.guardrails.elsewhere(), asked, await _errand(services, case))
    told = []
    for each, found in zip(asked, said, strict=True):
        facts = each.post.facts
        if not isinstance(found, NoAnswer):
            told.append((each.post, Counter(one.kind for one in found)))
        elif facts.on_error == "block":
            raise GuardBroken(facts.name, found, str(found))
        else:
            failed.append((facts.name, str(found)))
    return told


def _asked(post: DistantPost, stage: Stage, body: Body) -> Asked:
    """The question to a guard about one stage's texts; of tool results, only what tools wrote."""
    numbers: Sequence[int] = range(len(body.pieces))
    if stage == "tool_result":
        numbers = [number for number, role in enumerate(body.roles()) if role == "tool"]
    part = Part.of(body, numbers)
    role = "tool" if stage == "tool_result" else "assistant"
    return Asked(post, body, part, shown(stage, part, [role] * len(body.pieces)))


async def _said(
    consulting: Consulting, asked: Sequence[Asked], errand: Errand | None
) -> list[list[Finding] | NoAnswer]:
    """Each guard's findings; no guard is called if the run's key is no longer valid."""
    if errand is None:
        return [NoAnswer("error") for _ in asked]
    return await asyncio.gather(*(consulting.found(each, errand) for each in asked))


async def _errand(services: Services, case: Case) -> Errand | None:
    """An errand with the run's key, under its limits and with its own usage row."""
    try:
        holder = await Holder(services.keys, case.run.who.key, (TAG, case.run.id)).principal()
    except GatewayError:
        return None
    body = _ENCODE({"model": case.agent.model, "input": ""})
    call = call_of(services, body, Operation.RESPONSES, SPOKEN[Operation.RESPONSES])
    return Errand(call, holder, waits=False)
