"""How much a call may use: cheap upper bounds first, then closer estimates."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from config.kinds import Operation
from config.limit import NOTHING, Amounts
from gateway.call import Call
from gateway.metering.allowances import Allowance
from gateway.metering.pictures import without_pictures
from gateway.metering.searching import may_search, most_searches
from gateway.metering.unit_bounds import cost_bound
from ledger.meters.tariff import Tariff

# Operations whose `max_output` and `choices` bound the answers.
_PLAIN = frozenset(
    each
    for each in Operation
    if not (each.counts or each.embeds or each.relayed) and each is not Operation.COMPLETIONS
)
# Tokens of a request beyond its bytes: those around messages, and the vendor's instructions on tools
# (https://docs.anthropic.com/en/docs/build-with-claude/tool-use: up to 346).
OVERHEAD = 512
# Names of fields whose content is not in the body's bytes, such as images and files by URL or id and earlier
# turns, or takes more tokens than bytes: each page of a PDF is read as text and as an image.
_FILES = (b'url"', b'file_id"', b'file_data"')
_SEARCHES = (b'web_search_options"', b'search_parameters"', b'plugins"')  # OpenAI, xAI, OpenRouter
_GEMINI = (b'ileUri"', b'ile_uri"', b'achedContent"', b'ached_content"', b'nlineData"', b'nline_data"')
_NAMED: Mapping[Operation, tuple[bytes, ...]] = MappingProxyType(
    {
        Operation.CHAT: (*_FILES, *_SEARCHES),
        Operation.RESPONSES: (*_FILES, b'previous_response_id"', b'conversation"', b'"prompt"'),
        Operation.MESSAGES: (*_FILES, b'base64"', b'mcp_servers"', b'container"'),
        Operation.GENERATE_CONTENT: _GEMINI,
        Operation.GENERATE_CONTENT_ARRAY: _GEMINI,
        Operation.CONVERSE: (b's3Location"', b'bytes"', b'systemTool"'),
        Operation.COHERE_CHAT: (b'url"',),
        Operation.EMBED_CONTENT: _GEMINI,
        Operation.BATCH_EMBED_CONTENTS: _GEMINI,
    }
)
# If such content has no name, or its name may also end a text: the body is parsed if this occurs in it.
_HINTS: Mapping[Operation, bytes] = MappingProxyType(
    {
        Operation.CHAT: b'audio"',  # of an earlier turn
        Operation.RESPONSES: b'id"',  # of an item stored by the vendor
        Operation.OLLAMA_CHAT: b'images"',
        Operation.OLLAMA_GENERATE: b'images"',
        Operation.EMBEDDINGS: b"{",  # Jina's inputs need not be texts
        Operation.COHERE_EMBED: b"image",
    }
)
# Types of tools that the caller runs (for Gemini: fields). All others are the vendor's, and may add input.
_CALLERS = frozenset([None, "function", "custom"])
_REFERENCES = frozenset([None, "item_reference"])
_DECLARED = frozenset(["functionDeclarations", "function_declarations"])
_TYPED = frozenset([Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES])
_BY_MEMBER = frozenset([Operation.GENERATE_CONTENT, Operation.GENERATE_CONTENT_ARRAY])
_LIST = ord("[")
# An unnecessarily escaped letter: a name may be written with it, and the vendor reads it all the same.
_SPELLED = re.compile(rb"\\u00([3-7][0-9a-fA-F])")
_BYTES_PER_TOKEN = 4  # as assumed by input estimates
_UNKNOWN_WINDOW = 200_000  # tokens, for references sent to a model with an unknown context window


def names_more(body: bytes, operation: Operation) -> bool:
    """Whether a request may have more input than its bytes: references, packed files, vendor-run tools."""
    if operation is Operation.CHAT and _is_plain(body):
        return False
    written, body = body, _spelled(body)
    for named in _NAMED.get(operation, ()):  # a loop: faster than any() here
        if named in body:
            return True
    hint = _HINTS.get(operation)
    if hint is not None and body.find(hint, 1) > 0 and _refers(written, operation):
        return True
    return (
        b'tools"' in body
        and (operation in _TYPED or operation in _BY_MEMBER)
        and _looks_up(written, operation)
    )


def _spelled(body: bytes) -> bytes:
    """The body with letters unescaped, to search for names; it may not be valid JSON any more."""
    return _SPELLED.sub(lambda found: bytes([int(found[1], 16)]), body) if b"\\u00" in body else body


def _is_plain(body: bytes) -> bool:
    """Whether a chat consists of texts only; one pass, whereas searching takes one per name."""
    try:
        chat = _CHATS.decode(body)
    except msgspec.MsgspecError:
        return False
    if not (chat.tools is chat.web_search_options is chat.search_parameters is chat.plugins is None):
        return False
    # Anything other than text is in a list of parts, or refers to earlier audio.
    return bool(chat.messages) and not any(
        [memoryview(each.content)[0] == _LIST or each.audio is not None for each in chat.messages]
    )


def _refers(body: bytes, operation: Operation) -> bool:
    """Whether a part is not text, or refers to an earlier turn; True if it cannot be parsed."""
    try:
        told = _TOLD.decode(body)
        items = told.input if isinstance(told.input, list) else [told.input]
        things = [each for each in items if isinstance(each, dict)]
        if operation is Operation.RESPONSES:
            return any(each.get("type") in _REFERENCES and "role" not in each for each in things)
        return bool(things or told.images or told.inputs) or any(
            each.audio or each.images for each in told.messages
        )
    except (msgspec.MsgspecError, TypeError):
        return True


def _looks_up(body: bytes, operation: Operation) -> bool:
    """Whether the vendor runs one of its tools; True if they cannot be parsed."""
    try:
        if operation in _BY_MEMBER:
            return any(not _DECLARED.issuperset(each) for each in _MEMBERS.decode(body).tools or ())
        return any(each.type not in _CALLERS for each in _TOOLS.decode(body).tools or ())
    except (msgspec.MsgspecError, TypeError):
        return True


class _Said(msgspec.Struct):
    content: msgspec.Raw = msgspec.Raw(b"null")
    audio: Any = None
    images: Any = None


class _Chat(msgspec.Struct):
    messages: list[_Said] = []
    tools: Any = None
    web_search_options: Any = None
    search_parameters: Any = None
    plugins: Any = None


class _Told(msgspec.Struct):
    messages: list[_Said] = []
    input: Any = None
    images: Any = None
    inputs: Any = None


_CHATS, _TOLD = msgspec.json.Decoder(_Chat), msgspec.json.Decoder(_Told)


class _Tool(msgspec.Struct):
    type: Any = None


class _Typed(msgspec.Struct):
    tools: list[_Tool] | None = None


class _ByMember(msgspec.Struct):
    tools: list[dict[str, msgspec.Raw]] | None = None


_TOOLS, _MEMBERS = msgspec.json.Decoder(_Typed), msgspec.json.Decoder(_ByMember)


def answers(call: Call) -> int:
    """The number of answers that a call requests."""
    choices = max(1, call.asked.choices)
    if call.operation is not Operation.COMPLETIONS:
        return choices
    found = msgspec.json.decode(call.body, type=_Prompt)
    prompt, tried = found.prompt, found.best_of
    if isinstance(tried, int) and tried > choices:
        choices = tried  # all are billed, though only the best are returned
    # A list of numbers is one prompt; in a list of texts or lists, each is one.
    several = isinstance(prompt, list) and not all(isinstance(each, int) for each in prompt)
    return choices * max(1, len(prompt)) if several else choices


class _Prompt(msgspec.Struct):
    prompt: Any = None
    best_of: Any = None


def input_bound(body: bytes, operation: Operation, context: int | None, picture: int | None = None) -> int:
    """An upper bound on input tokens: each token of byte-level BPE is at least one byte.

    `picture` is the most tokens of one image, if every target's maker states it. `context` is the window,
    which applies to each text separately if several are embedded or completed.
    """
    bound, more = len(body) + OVERHEAD, names_more(body, operation)
    if more and picture is not None:
        rest, pictures = without_pictures(body, operation)
        bound, more = len(rest) + OVERHEAD + pictures * picture, names_more(rest, operation)
    window = _UNKNOWN_WINDOW if context is None else context
    if operation.embeds or operation is Operation.COMPLETIONS:
        window *= body.count(b",") + 1  # an upper bound on the number of texts
    if more:
        bound += window
    return bound if context is None or bound < window else window


def tariff_of(body: bytes, allowance: Allowance) -> Tariff:
    """The tariff of a call in its service tier, including the searches that may be made for it."""
    tariff = _served_at(body, allowance)
    if tariff.searches and may_search(body := _spelled(body)):
        return tariff.searching(most_searches(body))
    return tariff


def _served_at(body: bytes, allowance: Allowance) -> Tariff:
    """The tariff of the requested service tier; of all tiers, if the vendor chooses or it is unknown."""
    tariffs = allowance.tariffs
    if not tariffs:
        return allowance.tariff
    names = _spelled(body)
    if not (
        b'ervice_tier"' in names or b'erviceTier"' in names or b'speed"' in names or b'nference_geo"' in names
    ):
        return allowance.tariff
    try:
        asked = msgspec.json.decode(body, type=_Tiers)
    except msgspec.MsgspecError:
        asked = _Tiers("auto")
    if asked.speed is not None and asked.speed != "standard":  # Anthropic's
        asked.service_tier = asked.speed
    tier = asked.service_tier or asked.serviceTier or "default"
    tier = tier.get("type") if isinstance(tier, dict) else tier
    tier = tier.lower().removeprefix("service_tier_") if isinstance(tier, str) else "auto"
    tier = "" if tier in ("default", "standard") else tier
    place = "" if asked.inference_geo in (None, "global") else str(asked.inference_geo)
    if not (tier or place):
        return allowance.tariff
    found = tariffs.get(f"{tier} {place}" if place else tier)
    if found is not None:
        return found
    those = [each for name, each in tariffs.items() if place or " " not in name]
    return Tariff.of(price for each in (allowance.tariff, *those) for price in each.prices)


class _Tiers(msgspec.Struct):
    service_tier: Any = None
    serviceTier: Any = None
    speed: Any = None
    inference_geo: Any = None


def most_output(call: Call, allowance: Allowance) -> int:
    """The most output tokens of one choice."""
    if call.operation.embeds:
        return 0
    asked = call.asked.max_output
    return allowance.output if asked is None or asked < 1 else asked


def demand(call: Call, allowance: Allowance) -> tuple[Amounts, Amounts]:
    """The likely and the greatest usage of a call; fast, and rather too high."""
    if not allowance.counts:
        return NOTHING, NOTHING
    operation, asked = call.operation, call.asked
    if operation in _PLAIN:
        choices, most = asked.choices, asked.max_output
        if most is None or most < 1:  # some servers take that as unlimited: llama.cpp, Ollama
            most = allowance.output
        if choices < 1:
            choices = 1
    elif operation.counts:
        return NOTHING, NOTHING
    elif operation.relayed:
        most = cost_bound(call.body, operation, allowance.tariff.prices) if allowance.money else 0
        return Amounts(0, 0, most), Amounts(0, 0, most)
    else:
        choices, most = answers(call), most_output(call, allowance)
    tokens = input_bound(call.body, operation, allowance.context, allowance.picture)
    likely = allowance.learned.output
    likely = (likely if likely < most else most) * choices
    most *= choices
    if not allowance.money:
        return Amounts(tokens, likely, 0), Amounts(tokens, most, 0)
    cost, dearest = tariff_of(call.body, allowance).bounds(tokens, likely, most)
    return Amounts(tokens, likely, cost), Amounts(tokens, most, dearest) if allowance.strict else NOTHING


def closer(call: Call, allowance: Allowance, exact: int | None) -> tuple[Amounts, Amounts]:
    """As `demand`, for a call near a limit: with `exact` input tokens, or else learned from earlier calls."""
    bound = input_bound(call.body, call.operation, allowance.context, allowance.picture)
    size = len(call.body)
    if names_more(call.body, call.operation):
        exact = None
        size = _BYTES_PER_TOKEN * call.dialect.input_estimate(call.body)  # packed data is not read as text
    tokens = bound if exact is None else min(exact, bound)
    expected = tokens if exact is not None else min(bound, int(size * allowance.learned.ratio) + 16)
    most = most_output(call, allowance)
    choices = answers(call)
    likely, tariff = min(allowance.learned.output, most) * choices, tariff_of(call.body, allowance)
    return (
        Amounts(expected, likely, tariff.ceiling(expected, likely)),
        Amounts(tokens, most * choices, tariff.ceiling(tokens, most * choices)),
    )


def nothing_counted(call: Call) -> bool:
    """Whether no token usage of the call can be predicted."""
    return call.operation.counts or call.operation.relayed
