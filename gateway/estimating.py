"""How much a call may use, before anybody knows: bounds first, then closer estimates."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from config.kinds import Operation
from config.limit import NOTHING, Amounts
from gateway.allowances import Allowance
from gateway.call import Call
from gateway.unit_bounds import cost_bound
from ledger.meters.tariff import Tariff

# Whose answers are as long as they are asked for, and as many.
_PLAIN = frozenset(
    each
    for each in Operation
    if not (each.counts or each.embeds or each.relayed) and each is not Operation.COMPLETIONS
)
# Beside the tokens of its bytes a request has some of its own: those that wrap messages, and what a vendor
# says to its model about tools (https://docs.anthropic.com/en/docs/build-with-claude/tool-use: up to 346).
OVERHEAD = 512
# What a body only names is not in its bytes: pictures and files by address or id, what was said before.
_FILES = (b'url"', b'file_id"')
_GEMINI = (b'ileUri"', b'ile_uri"', b'achedContent"', b'ached_content"')
_NAMED: Mapping[Operation, tuple[bytes, ...]] = MappingProxyType(
    {
        Operation.CHAT: _FILES,
        Operation.RESPONSES: (*_FILES, b'previous_response_id"', b'conversation"', b'"prompt"'),
        Operation.MESSAGES: _FILES,
        Operation.GENERATE_CONTENT: _GEMINI,
        Operation.GENERATE_CONTENT_ARRAY: _GEMINI,
        Operation.CONVERSE: (b's3Location"',),
        Operation.COHERE_CHAT: (b'url"',),
        Operation.COHERE_EMBED: (b'url"',),
    }
)
_UNKNOWN_WINDOW = 200_000  # tokens, for what is named to a model whose window nobody knows


def names_more(body: bytes, operation: Operation) -> bool:
    """Whether a request names what is not in its bytes."""
    for named in _NAMED.get(operation, ()):  # a loop: quicker than any() here
        if named in body:
            return True
    return False


def answers(call: Call) -> int:
    """How many answers a call asks for at once."""
    choices = call.asked.choices
    if call.operation is not Operation.COMPLETIONS:
        return choices
    prompt = msgspec.json.decode(call.body, type=_Prompt).prompt
    # A list of numbers is one prompt; of texts or of lists each is one.
    several = isinstance(prompt, list) and not all(isinstance(each, int) for each in prompt)
    return choices * max(1, len(prompt)) if several else choices


class _Prompt(msgspec.Struct):
    prompt: Any = None


def input_bound(body: bytes, operation: Operation, context: int | None) -> int:
    """Tokens that a request never exceeds: each token of byte-level BPE is at least one byte."""
    bound = len(body) + OVERHEAD
    if names_more(body, operation):
        bound += _UNKNOWN_WINDOW if context is None else context
    return bound if context is None or bound < context else context


def tariff_of(body: bytes, allowance: Allowance) -> Tariff:
    """The prices of a call, by the tier of service that it asks for; in any, if the vendor is to choose."""
    tariffs = allowance.tariffs
    if not tariffs or not (b'ervice_tier"' in body or b'erviceTier"' in body):
        return allowance.tariff
    try:
        asked = msgspec.json.decode(body, type=_Tiers)
    except msgspec.MsgspecError:
        asked = _Tiers("auto")
    tier = asked.service_tier or asked.serviceTier or "default"
    tier = tier.get("type") if isinstance(tier, dict) else tier
    tier = tier.lower().removeprefix("service_tier_") if isinstance(tier, str) else "auto"
    if tier in ("default", "standard"):
        return allowance.tariff
    return tariffs.get(tier) or Tariff.of(price for each in tariffs.values() for price in each.prices)


class _Tiers(msgspec.Struct):
    service_tier: Any = None
    serviceTier: Any = None


def most_output(call: Call, allowance: Allowance) -> int:
    """Tokens of one choice of the answer, at most."""
    if call.operation.embeds:
        return 0
    asked = call.asked.max_output
    return allowance.output if asked is None else asked


def demand(call: Call, allowance: Allowance) -> tuple[Amounts, Amounts]:
    """What a call likely uses, and what it uses at most; quick, and rather too high."""
    if not allowance.counts:
        return NOTHING, NOTHING
    operation, asked = call.operation, call.asked
    if operation in _PLAIN:
        choices = asked.choices
        most = allowance.output if asked.max_output is None else asked.max_output
    elif operation.counts:
        return NOTHING, NOTHING
    elif operation.relayed:
        most = cost_bound(call.body, operation, allowance.tariff.prices) if allowance.money else 0
        return Amounts(0, 0, most), Amounts(0, 0, most)
    else:
        choices, most = answers(call), most_output(call, allowance)
    tokens = input_bound(call.body, operation, allowance.context)
    likely = allowance.learned.output
    likely = (likely if likely < most else most) * choices
    most *= choices
    if not allowance.money:
        return Amounts(tokens, likely, 0), Amounts(tokens, most, 0)
    cost, dearest = tariff_of(call.body, allowance).bounds(tokens, likely, most)
    return Amounts(tokens, likely, cost), Amounts(tokens, most, dearest) if allowance.strict else NOTHING


def closer(call: Call, allowance: Allowance, exact: int | None) -> tuple[Amounts, Amounts]:
    """The same for a call that is near a limit: with its input counted, or as earlier calls let expect."""
    bound = input_bound(call.body, call.operation, allowance.context)
    if names_more(call.body, call.operation):
        exact = None
    tokens = bound if exact is None else min(exact, bound)
    expected = tokens if exact is not None else min(bound, int(len(call.body) * allowance.learned.ratio) + 16)
    most = most_output(call, allowance)
    choices = answers(call)
    likely, tariff = min(allowance.learned.output, most) * choices, tariff_of(call.body, allowance)
    return (
        Amounts(expected, likely, tariff.ceiling(expected, likely)),
        Amounts(tokens, most * choices, tariff.ceiling(tokens, most * choices)),
    )


def nothing_counted(call: Call) -> bool:
    """Whether a call uses no tokens that can be foreseen."""
    return call.operation.counts or call.operation.relayed
