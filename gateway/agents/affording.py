"""Checks before a model call that the run can still pay the most it may cost."""

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
    """The longest answer that the run can pay for; None: no bound is needed, whatever comes is paid for.

    LimitReached where not even a short answer is. `declared` is the agent's own bound, in tokens as all.
    """
    route = deployment.route(model)
    if route is None or not command.allowed:
        return None  # the request path says that there is no such model
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
    # What the vendor itself never exceeds need not be said.
    return None if paid >= most and (declared or known) else min(paid, most)


def _known(lines: Sequence[Line]) -> int | None:
    """The longest answer of any target, where that is known of each."""
    bounds = [line.capabilities.output for line in lines]
    return max((each for each in bounds if each), default=None) if all(bounds) else None
