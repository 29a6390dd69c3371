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

# Whose answers are as long as they are asked for, and as many.
_PLAIN = frozenset(
    each
    for each in Operation
    if not (each.counts or each.embeds or each.relayed) and each is not Operation.COMPLETIONS
)
# Beside the tokens of its bytes a request has some of its own: those that wrap messages, and what a vendor
# says to its model about tools (https://docs.anthropic.com/en/docs/build-with-claude/tool-use: up to 346).
OVERHEAD = 512
# What a body only names is not in its bytes: pictures and files by address or id, what was said before. And
# what is packed in them may be more than they are: of a PDF each page is read as text and as a picture.
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
# Where what is named may also be a text's last word, or has no name: it is looked for when this is found.
_HINTS: Mapping[Operation, bytes] = MappingProxyType(
    {
        Operation.CHAT: b'audio"',  # that was said before
        Operation.RESPONSES: b'id"',  # of an item that the vendor keeps
        Operation.OLLAMA_CHAT: b'images"',
        Operation.OLLAMA_GENERATE: b'images"',
        Operation.EMBEDDINGS: b"{",  # Jina's inputs may be other than texts
        Operation.COHERE_EMBED: b"image",
    }
)
# A vendor's own tools read what they find: all but these, by their type, or in Gemini by their members.
_CALLERS = frozenset([None, "function", "custom"])
_REFERENCES = frozenset([None, "item_reference"])
_DECLARED = frozenset(["functionDeclarations", "function_declarations"])
_TYPED = frozenset([Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES])
_BY_MEMBER = frozenset([Operation.GENERATE_CONTENT, Operation.GENERATE_CONTENT_ARRAY])
_LIST = ord("[")
# A letter that need not be escaped: a name may be written so, and the vendor reads it all the same.
_SPELLED = re.compile(rb"\\u00([3-7][0-9a-fA-F])")
_BYTES_PER_TOKEN = 4  # as estimates take it
_UNKNOWN_WINDOW = 200_000  # tokens, for what is named to a model whose window nobody knows


def names_more(body: bytes, operation: Operation) -> bool:
    """Whether there is more to read than a request's bytes: named, packed, or the vendor's to look up."""
    if operation is Operation.CHAT and _is_plain(body):
        return False
    written, body = body, _spelled(body)
    for named in _NAMED.get(operation, ()):  # a loop: quicker than any() here
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
    """The body with its letters unescaped, to look for names in: it may be no JSON any more."""
    return _SPELLED.sub(lambda found: bytes([int(found[1], 16)]), body) if b"\\u00" in body else body


def _is_plain(body: bytes) -> bool:
    """Whether a chat says nothing but texts; one pass, where each name that is looked for takes one."""
    try:
        chat = _CHATS.decode(body)
    except msgspec.MsgspecError:
        return False
    if not (chat.tools is chat.web_search_options is chat.search_parameters is chat.plugins is None):
        return False
    # What is no text comes in a list of parts, or was said before and is only named.
    return bool(chat.messages) and not any(
        [memoryview(each.content)[0] == _LIST or each.audio is not None for each in chat.messages]
    )


def _refers(body: bytes, operation: Operation) -> bool:
    """Whether one of its parts is no text, or was said before and is only named."""
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
    """Whether one of its tools is run by the vendor; so is one that is not understood."""
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
    """How many answers a call asks for at once."""
    choices = max(1, call.asked.choices)
    if call.operation is not Operation.COMPLETIONS:
        return choices
    found = msgspec.json.decode(call.body, type=_Prompt)
    prompt, tried = found.prompt, found.best_of
    if isinstance(tried, int) and tried > choices:
        choices = tried  # all are billed, though only the best are shown
    # A list of numbers is one prompt; of texts or of lists each is one.
    several = isinstance(prompt, list) and not all(isinstance(each, int) for each in prompt)
    return choices * max(1, len(prompt)) if several else choices


class _Prompt(msgspec.Struct):
    prompt: Any = None
    best_of: Any = None


def input_bound(body: bytes, operation: Operation, context: int | None, picture: int | None = None) -> int:
    """Tokens that a request never exceeds: each token of byte-level BPE is at least one byte.

    `picture` are those of one picture at most, where every target's maker says it. `context` is the window,
    of which each has one of its own where several texts are embedded, or continued.
    """
    bound, more = len(body) + OVERHEAD, names_more(body, operation)
    if more and picture is not None:
        rest, pictures = without_pictures(body, operation)
        bound, more = len(rest) + OVERHEAD + pictures * picture, names_more(rest, operation)
    window = _UNKNOWN_WINDOW if context is None else context
    if operation.embeds or operation is Operation.COMPLETIONS:
        window *= body.count(b",") + 1  # no more texts than that
    if more:
        bound += window
    return bound if context is None or bound < window else window


def tariff_of(body: bytes, allowance: Allowance) -> Tariff:
    """The prices of a call in its tier of service, with those of the searches that may be made for it."""
    tariff = _served_at(body, allowance)
    if tariff.searches and may_search(body := _spelled(body)):
        return tariff.searching(most_searches(body))
    return tariff


def _served_at(body: bytes, allowance: Allowance) -> Tariff:
    """By the tier of service that a call asks for; in any, if the vendor is to choose."""
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
    """Tokens of one choice of the answer, at most."""
    if call.operation.embeds:
        return 0
    asked = call.asked.max_output
    return allowance.output if asked is None or asked < 1 else asked


def demand(call: Call, allowance: Allowance) -> tuple[Amounts, Amounts]:
    """What a call likely uses, and what it uses at most; quick, and rather too high."""
    if not allowance.counts:
        return NOTHING, NOTHING
    operation, asked = call.operation, call.asked
    if operation in _PLAIN:
        choices, most = asked.choices, asked.max_output
        if most is None or most < 1:  # to some servers that is no bound: llama.cpp, Ollama
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
    """The same for a call that is near a limit: with its input counted, or as earlier calls let expect."""
    bound = input_bound(call.body, call.operation, allowance.context, allowance.picture)
    size = len(call.body)
    if names_more(call.body, call.operation):
        exact = None
        size = _BYTES_PER_TOKEN * call.dialect.input_estimate(call.body)  # what is packed is not read so
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
    """Whether a call uses no tokens that can be foreseen."""
    return call.operation.counts or call.operation.relayed
