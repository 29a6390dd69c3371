"""Checks, before a model call, that the run can pay the most that it may cost."""

from collections.abc import Sequence

from agentloop.commands import AskModel, SumUp
from agentloop.events import LimitReached
from config.kinds import Operation
from gateway.deployment import Deployment, Line
from gateway.metering.allowances import UNKNOWN_OUTPUT
from gateway.metering.estimating import input_bound
from gateway.metering.tokenizing import Tokenizer
from ledger.meters.tariff import LEAST_OUTPUT, Tariff

_TOKENIZER = Tokenizer()


async def longest(
    body: bytes, declared: int | None, deployment: Deployment, model: str, command: AskModel | SumUp
) -> int | LimitReached | None:
    """The longest answer, in tokens, that the run can pay for; None if no bound is needed.

    LimitReached if it cannot pay for even a short answer. `declared` is the agent's own bound, in tokens.
    """
    route = deployment.route(model)
    if route is None or not command.allowed:
        return None  # the request path reports an unknown model
    lines = tuple(route.lines.values())
    tariff = Tariff.of(line.quote.price for line in lines if line.quote is not None)
    known = _known(lines)
    most = declared or known or UNKNOWN_OUTPUT
    tokens = input_bound(body, Operation.RESPONSES, None)
    paid = tariff.affordable(tokens, command.room)
    if paid is not None and paid < min(most, LEAST_OUTPUT):
        counted = await _TOKENIZER.count(lines, body)
        paid = paid if counted is None else tariff.affordable(min(counted, tokens), command.room)
    if paid is None:
        return None
    if paid < min(most, LEAST_OUTPUT):
        return LimitReached("cost", command.allowed - command.room, command.allowed)
    # A bound that the vendor never exceeds anyway need not be sent.
    return None if paid >= most and (declared or known) else min(paid, most)


def _known(lines: Sequence[Line]) -> int | None:
    """The longest answer of any target, if it is known for all of them."""
    bounds = [line.capabilities.output for line in lines]
    return max((each for each in bounds if each), default=None) if all(bounds) else None
