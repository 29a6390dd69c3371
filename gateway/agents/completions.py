"""Agents over Chat Completions: the run's final text is the answer, for agents that never ask a person."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from agentloop.agents import CALLER
from agentloop.events import Item
from agentloop.journal import RunRecord
from config.kinds import Operation
from config.toolbox import AgentFacts
from dialects.dialect import Asked, Destination
from dialects.errors import Malformed
from dialects.sse import KEEP_ALIVE, event
from gateway.agents.desk import Desk, Order, hash_of
from gateway.agents.responses import Responses
from gateway.agents.telling import PREFIX, Response, Telling
from gateway.call import Call
from gateway.errors import BadRequest, RunFailed
from gateway.formats import passage
from ledger.principal import Principal

_ENCODE = msgspec.json.Encoder().encode
# Parameters that only the agent sets, with the values that mean the same as leaving them out.
_ITS_OWN: dict[str, tuple[object, ...]] = {
    **dict.fromkeys(("temperature", "top_p", "max_tokens", "max_completion_tokens", "seed", "stop"), ()),
    **dict.fromkeys(("tools", "functions", "logit_bias"), ([], {})),
    **dict.fromkeys(("frequency_penalty", "presence_penalty", "top_logprobs", "logprobs"), (0,)),
    **dict.fromkeys(("reasoning_effort", "verbosity", "prediction", "web_search_options", "audio"), ()),
    **dict.fromkeys(("tool_choice", "function_call"), ("auto", "none")),
    "response_format": ({"type": "text"},),
    "modalities": (["text"],),
    "n": (1,),
}
_FINISH = {"completed": "stop", "incomplete": "length"}


class _Translated(msgspec.Struct):
    """The part of a Responses API request that an agent accepts."""

    input: list[msgspec.Raw] = []
    instructions: str | None = None


_READ = msgspec.json.Decoder(_Translated)
_READ_NAMES = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Completions:
    """Serves agents over Chat Completions. Raises GatewayError."""

    def __init__(self, desk: Desk, responses: Responses) -> None:
        self._desk = desk
        self._responses = responses

    async def begin(self, principal: Principal, call: Call, request_key: str | None) -> RunRecord:
        """Starts the run. Refuses agents that may need approvals or client-run tools, unsupported here."""
        name = call.asked.model.removeprefix(PREFIX)
        facts = self._desk.agent(principal, name)
        asking = _asking(facts)
        if asking:
            raise BadRequest(
                f"A person must agree before the agent '{name}' uses {asking[0]}, or the caller makes that "
                f"call, which this API cannot say: ask it at /v1/responses or /v1/runs.",
                param="model",
            )
        return await self._desk.order(principal, Order(name, _items(call), hash_of(call.body), request_key))

    async def whole(self, principal: Principal, record: RunRecord) -> bytes:
        """The whole answer as one object."""
        telling, response = await self._ended(principal, record)
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": _text(telling), "refusal": None},
            "finish_reason": _finish(response),
            "logprobs": None,
        }
        told = {**_head(record), "object": "chat.completion", "choices": [choice], "usage": _usage(response)}
        return _ENCODE(told)

    async def stream(
        self, principal: Principal, record: RunRecord, asked: Asked
    ) -> AsyncGenerator[bytes, None]:
        """The answer as chunks; comments keep the connection alive while the run works."""
        yield _chunk(record, {"role": "assistant", "content": ""}, None)
        found: tuple[Telling, Response] | None = None
        async with aclosing(self._responses.follow(principal, record.id, 1)) as following:
            async for row, telling, response in following:
                found = _answer(row, telling, response)
                if found is not None:
                    break
                yield KEEP_ALIVE
        if found is None:
            raise AssertionError("a run that is followed comes to an end")
        telling, response = found
        yield _chunk(record, {"content": _text(telling)}, None)
        yield _chunk(record, {}, _finish(response))
        if asked.include_usage:
            usage = {
                **_head(record),
                "object": "chat.completion.chunk",
                "choices": [],
                "usage": _usage(response),
            }
            yield event(_ENCODE(usage))
        yield event(b"[DONE]")

    async def _ended(self, principal: Principal, record: RunRecord) -> tuple[Telling, Response]:
        async for row, telling, response in self._responses.follow(principal, record.id, 1):
            found = _answer(row, telling, response)
            if found is not None:
                return found
        raise AssertionError("a run that is followed comes to an end")


def _asking(facts: AgentFacts) -> list[str]:
    """Tools of the agent and of the agents below it that may wait for a person or the client."""
    return [name for each in (facts, *facts.below()) for name in _asking_itself(each)]


def _asking_itself(facts: AgentFacts) -> list[str]:
    rules = [rule for rule in facts.rules if rule.verb == "require_approval"]
    return [
        each.tool.name
        for each in facts.tools
        if each.approval is not None
        or each.kind == CALLER
        or any(
            not rule.tools or any(fnmatchcase(each.tool.name, one) for one in rule.tools) for rule in rules
        )
    ]


def _answer(
    record: RunRecord, telling: Telling, response: Response | None
) -> tuple[Telling, Response] | None:
    """The response once it is complete, else None. Raises RunFailed for states this API cannot express."""
    if record.status == "paused":
        raise RunFailed(f"The run {record.id} is paused or waits; see /v1/runs/{record.id}.")
    if response is None or not response.ended:
        return None
    if telling.run.ending is None or response.status not in _FINISH:
        said = response.error["message"] if response.error is not None else f"see /v1/runs/{record.id}"
        raise RunFailed(f"The run {record.id} is {record.status}: {said}")
    return telling, response


def _items(call: Call) -> tuple[Item, ...]:
    """The messages as items of the Responses API. Raises BadRequest."""
    names = _READ_NAMES.decode(call.body)
    given = [name for name, idle in _ITS_OWN.items() if name in names and not _idle(names.pop(name), idle)]
    if given:
        raise BadRequest(
            f"An agent has tools and parameters of its own: leave out {', '.join(given)}.", param=given[0]
        )
    to, body = Destination(call.asked.model), _ENCODE(names)
    try:
        sent = passage(Operation.CHAT, Operation.RESPONSES).request(body, call.asked, to)
    except Malformed as error:
        raise BadRequest(error.message, param=error.param) from None
    told = _READ.decode(sent.body)
    items = [Item(bytes(raw).decode()) for raw in told.input]
    if told.instructions:
        system = _ENCODE({"role": "developer", "content": told.instructions}).decode()
        items.insert(0, Item(system))
    if not items:
        raise BadRequest("There are no messages.", param="messages")
    return tuple(items)


def _idle(raw: msgspec.Raw, idle: tuple[object, ...]) -> bool:
    said = msgspec.json.decode(raw)
    return said is None or said in idle


def _finish(response: Response) -> str:
    filtered = response.incomplete == {"reason": "content_filter"}
    return "content_filter" if filtered else _FINISH[response.status]


def _text(telling: Telling) -> str:
    ending = telling.run.ending
    return ending.output if ending is not None else ""


def _head(record: RunRecord) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{record.id.removeprefix('run_')}",
        "created": record.created_ms // 1000,
        "model": PREFIX + record.agent,
    }


def _chunk(record: RunRecord, delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return event(_ENCODE({**_head(record), "object": "chat.completion.chunk", "choices": [choice]}))


def _usage(response: Response) -> dict[str, int]:
    return {
        "prompt_tokens": response.tokens - response.output_tokens,
        "completion_tokens": response.output_tokens,
        "total_tokens": response.tokens,
    }
