"""A run's model calls: along the ordinary request path, with the key that started the run."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import msgspec

from agentloop.agents import AgentVersion
from agentloop.commands import AskModel, SumUp
from agentloop.events import (
    Item,
    LimitReached,
    ModelCompleted,
    ModelFailed,
    SummaryCompleted,
    SummaryFailed,
    ToolCall,
)
from agentloop.foreign import Unreadable, check
from agentloop.journal import RunRecord
from agentloop.summing import INSTRUCTIONS, kept
from config.kinds import Operation
from dialects.errors import UNREADABLE, Malformed
from gateway.agents.affording import longest
from gateway.around.collecting import Collected, Holder
from gateway.call import Call
from gateway.errors import GatewayError
from gateway.formats import SPOKEN
from gateway.ids import request_id
from gateway.pausing import pause
from gateway.pipeline import answer
from gateway.services import Services

log = logging.getLogger("signalbox.runs")

MOST_CALLS = 256  # tool calls that one answer may contain
TAG = "run"  # usage rows of a run's calls carry this tag; its value is the run id
_CUT_OFF = "…"  # not JSON, so that a call with cut-off arguments is refused

_ENCODE = msgspec.json.Encoder().encode


class _Usage(msgspec.Struct):
    total_tokens: int = 0
    output_tokens: int = 0


class _Cut(msgspec.Struct):
    reason: str = ""


class _Answer(msgspec.Struct):
    output: list[msgspec.Raw] = []
    usage: _Usage | None = None
    incomplete_details: _Cut | None = None


class _OutputItem(msgspec.Struct):
    type: str = ""
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    content: list[dict[str, Any]] | None = None


_READ = msgspec.json.Decoder(_Answer)
_READ_ITEM = msgspec.json.Decoder(_OutputItem)


class Asking:
    """Makes the model calls of runs; limits, guards and usage rows are those of the run's key."""

    def __init__(self, services: Services, clock: Callable[[], float]) -> None:
        """`clock` returns Unix seconds, as runs use them for waiting."""
        self._services = services
        self._clock = clock

    async def ask(
        self, record: RunRecord, agent: AgentVersion, command: AskModel
    ) -> ModelCompleted | ModelFailed | LimitReached:
        """The model's answer or the reason there is none, at no more cost than the run has left."""
        body = request(agent, command.items)
        declared = agent.parameters.get("max_output_tokens")
        most = await longest(body, declared, self._services.deployment, agent.model, command)
        if isinstance(most, LimitReached):
            return most
        body = body if most is None else request(agent, command.items, most)
        return await self._answered(record, body, (command.attempt, agent.limits.attempts))

    async def sum_up(self, record: RunRecord, command: SumUp) -> SummaryCompleted | SummaryFailed:
        """A summary or the reason there is none, at no more cost than the run has left."""
        body = summary_request(command, command.most)
        deployment = self._services.deployment
        most = await longest(body, command.most, deployment, command.model, command)
        if isinstance(most, LimitReached):
            return SummaryFailed(command.through, "cost", "The run has not enough left to pay for one.")
        answered = await self._answered(record, body if most is None else summary_request(command, most))
        if isinstance(answered, ModelFailed):
            return SummaryFailed(command.through, answered.code, answered.message, answered.cost)
        text = kept(answered.text, command.most)
        paid = (answered.tokens, answered.cost, answered.request_id, answered.output_tokens)
        return SummaryCompleted(command.through, text, *paid)

    async def _answered(
        self, record: RunRecord, body: bytes, tries: tuple[int, int] = (1, 1)
    ) -> ModelCompleted | ModelFailed:
        """The outcome of a call with the run's key; `tries` is this attempt's number and the maximum."""
        call = self._call(body)
        collected = Collected()
        try:
            holder = Holder(self._services.keys, record.key_id, (TAG, record.id))
            if self._services.gate is not None:
                await self._services.gate.hold(call, await holder.principal(), of_run=True)
            services = replace(self._services, keys=holder, guardrails=self._services.guardrails.in_run())
            await answer(call, services, collected)
            return completed(collected.body, call.spent, call.id)
        except GatewayError as error:
            wait = pause(error, *tries)
            again_ms = 0 if wait is None else int((self._clock() + wait) * 1000)
            return ModelFailed(error.shown().code or error.code, error.message, call.spent, again_ms)
        except (Malformed, Unreadable, *UNREADABLE) as error:
            log.error("request %s of run %s has no answer that can be read: %s", call.id, record.id, error)
            return ModelFailed("invalid_answer", "The model's answer cannot be read.", call.spent)

    def _call(self, body: bytes) -> Call:
        services = self._services
        clock = services.books.clock
        at_ms = clock.unix_ms()
        dialect = SPOKEN[Operation.RESPONSES]
        return Call(
            request_id(at_ms, services.random_bits),
            Operation.RESPONSES,
            Operation.RESPONSES.value,
            dialect,
            body,
            dialect.peek(body),
            b"",
            clock.monotonic(),
            at_ms,
            services.deployment,
            [],
        )


def request(agent: AgentVersion, items: tuple[Item, ...], most: int | None = None) -> bytes:
    """The request in the format of the Responses API; tools keep their order, so that vendors' caches hit."""
    body: dict[str, Any] = {
        "model": agent.model,
        "input": [msgspec.Raw(item.json.encode()) for item in items],
        "store": False,
        **agent.parameters,
    }
    if most is not None:
        body["max_output_tokens"] = most
    if agent.instructions:
        body["instructions"] = agent.instructions
    if agent.tools:
        body["tools"] = [
            {
                "type": "function",
                "name": tool.spoken,
                "description": tool.description,
                "parameters": tool.parameters,
                "strict": False,
            }
            for tool in agent.tools
        ]
    return _ENCODE(body)


def summary_request(command: SumUp, most: int) -> bytes:
    """The request for a summary in the format of the Responses API."""
    return _ENCODE(
        {
            "model": command.model,
            "instructions": INSTRUCTIONS,
            "input": command.text,
            "max_output_tokens": most,
            "store": False,
        }
    )


def completed(body: bytes, cost: int, request_id: str) -> ModelCompleted:
    """The event for an answer of the Responses API; `cut` is the reason if the answer is incomplete.

    An answer with more than MOST_CALLS calls is dropped: each call is checked against all others.
    Raises msgspec.DecodeError and Unreadable.
    """
    try:
        said = _READ.decode(body)
    except RecursionError:
        raise Unreadable("the answer is nested too deep") from None
    items: list[Item] = []
    texts: list[str] = []
    calls: list[ToolCall] = []
    cut = said.incomplete_details.reason if said.incomplete_details is not None else ""
    for raw in said.output:
        text = bytes(raw).decode()
        check(text)
        item = _READ_ITEM.decode(raw)
        if item.type == "function_call":
            call_id = _own(item.call_id, calls)
            if call_id != item.call_id:
                text = _ENCODE(msgspec.json.decode(raw) | {"call_id": call_id}).decode()
            # Empty arguments are valid for a tool without any, but not if the answer was cut off.
            calls.append(ToolCall(call_id, item.name, item.arguments or (_CUT_OFF if cut else "")))
            if len(calls) > MOST_CALLS:
                items, calls, cut = [], [], "max_tool_calls"
                break
        elif item.type == "message":
            texts += [_text(part) for part in item.content or ()]
        items.append(Item(text))
    used = said.usage or _Usage()
    paid = (used.total_tokens, cost, request_id, used.output_tokens)
    return ModelCompleted(tuple(items), tuple(calls), "".join(texts), *paid, cut)


def _own(call_id: str, calls: Sequence[ToolCall]) -> str:
    """A call id unique in the answer: some models repeat ids, or give none."""
    taken = {call.call_id for call in calls}
    if call_id and call_id not in taken:
        return call_id
    return next(own for place in count(len(calls)) if (own := f"{call_id or 'call'}_{place}") not in taken)


def _text(part: Mapping[str, Any]) -> str:
    return str(part.get("text") or part.get("refusal") or "")
