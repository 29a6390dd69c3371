"""The strings of a JSON document that may carry text, as opposed to format keywords and ids.

Every string counts, including keys, whichever member it belongs to.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from dialects import json_strings
from dialects.json_strings import JsonText

MACHINE = frozenset(
    [
        *(b"id", b"call_id", b"item_id", b"tool_call_id", b"tool_use_id", b"toolUseId", b"response_id"),
        *(b"previous_response_id", b"file_id", b"container_id", b"model", b"role", b"type", b"object"),
        *(
            b"signature",
            b"thoughtSignature",
            b"thought_signature",
            b"encrypted_content",
            b"redacted_thinking",
        ),
        b"conversation",
        *(b"system_fingerprint", b"finish_reason", b"service_tier", b"status"),
    ]
)
# Names of the formats' own members, which carry no text.
NAMES = frozenset(
    [
        *(
            b"",
            b"id",
            b"object",
            b"created",
            b"model",
            b"choices",
            b"index",
            b"message",
            b"messages",
            b"role",
        ),
        *(b"content", b"refusal", b"annotations", b"logprobs", b"finish_reason", b"usage", b"prompt_tokens"),
        *(b"completion_tokens", b"total_tokens", b"prompt_tokens_details", b"cached_tokens", b"audio_tokens"),
        *(b"completion_tokens_details", b"reasoning_tokens", b"accepted_prediction_tokens", b"service_tier"),
        *(b"rejected_prediction_tokens", b"system_fingerprint", b"type", b"text", b"user", b"assistant"),
        *(
            b"system",
            b"tool",
            b"tool_calls",
            b"function",
            b"arguments",
            b"name",
            b"stop",
            b"stream",
            b"input",
        ),
        *(b"output", b"input_tokens", b"output_tokens", b"stop_reason", b"stop_sequence", b"temperature"),
        *(b"max_tokens", b"tools", b"parameters", b"properties", b"description", b"required", b"string"),
        *(b"parts", b"contents", b"candidates", b"usageMetadata", b"finishReason", b"status", b"delta"),
    ]
)
# A MACHINE member's value is skipped only if it looks like this: no space or @, so an address is still found.
_TOKEN = rb"[A-Za-z0-9_.:/+=-]*+"
_IS_TOKEN = re.compile(_TOKEN).fullmatch
_SHORTEST = 3  # bytes: shorter strings carry nothing to find
_AT_ONCE = 64 * 1024  # bytes of one search, which lets no other thread run
_BACKSLASH = 0x5C
_LONG_KEY = 64  # bytes: longer keys are not members of any format


# Objects with arbitrary members: arguments and results of tools, and the callers' own data.
_OTHERS = (
    *(b"input", b"args", b"arguments", b"response", b"json", b"structuredContent", b"tool_output"),
    *(b"metadata", b"requestMetadata", b"labels", b"attributes", b"variables", b"promptVariables", b"data"),
    *(b"default", b"example", b"const", b"env", b"headers"),
)
_TOOLS = re.compile(rb'"(?:' + b"|".join(_OTHERS) + rb')"[ \t\r\n]*:[ \t\r\n]*\{(?![ \t\r\n]*\})')
_BRACE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}]', re.DOTALL)


def _any_of(names: Iterable[bytes]) -> bytes:
    return b"|".join(map(re.escape, sorted(names)))


# Everything to skip, up to the quote of a string that counts. Possessive, so that no byte is read twice.
_SPACE = rb"[ \t\r\n]*+"
_PASSED = re.compile(
    rb'(?:[^"]++'
    rb'|"(?:' + _any_of(NAMES & MACHINE) + rb')":' + _SPACE + rb'"' + _TOKEN + rb'"'
    rb'|"(?:' + _any_of(NAMES) + rb')":'
    rb'|"[^"\\]{0,2}"(?=[,\]}])'
    rb')*+"'
)  # fmt: skip
_COLON = re.compile(_SPACE + rb":" + _SPACE)


def spoken(document: bytes, *, every: bool = False) -> Iterator[JsonText]:
    """The strings that may carry text, in order; `every`: even of one or two bytes. Stops at invalid JSON.

    The `key` of a value is set only if it decides whether the value counts.
    """
    tools = list(_objects(document))
    found = _one_by_one(document) if every or tools or len(document) > _AT_ONCE else _at_once(document)
    least = 1 if every else _SHORTEST
    for place in found:
        if place.end - place.start < least:
            continue
        if place.key in MACHINE and _IS_TOKEN(document, place.start, place.end):
            at = bisect_right(tools, (place.start, 0)) - 1
            if at < 0 or place.start > tools[at][1]:
                continue
        yield place


def _objects(document: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the outermost objects in _OTHERS; one that is not closed does not count."""
    at = 0
    while at < len(document):
        opened = _TOOLS.search(document, at, at + _AT_ONCE)
        if opened is None:
            at += _AT_ONCE - _LONG_KEY
            continue
        deep = 1
        for found in _BRACE.finditer(document, opened.end()):
            deep += {b"{": 1, b"}": -1}.get(found[0], 0)
            if not deep:
                yield opened.end(), (at := found.end())
                break
        else:
            return


def _at_once(document: bytes) -> Iterator[JsonText]:
    """Skips most strings by a single expression: of fifty in an answer, three are left."""
    key, place, at, find = b"", -1, 0, document.find
    while (passed := _PASSED.match(document, at)) is not None:
        start = passed.end()
        end = find(b'"', start)
        if end > start and document[end - 1] == _BACKSLASH:
            end = json_strings.closing(document, start, end)
        if end < 0:
            return
        plain = find(b"\\", start, end) < 0
        at = end + 1
        colon = _COLON.match(document, at)
        if colon is None:
            yield JsonText(start, end, key if place == start - 1 else b"", plain)
        else:
            yield JsonText(start, end, b"", plain)
            key = document[start:end] if end - start <= _LONG_KEY else b""
            at = place = colon.end()


def _one_by_one(document: bytes) -> Iterator[JsonText]:
    for place in json_strings.texts(document):
        named = document[place.end + 1 : place.end + 2] == b":"
        if not (named and document[place.start : place.end] in NAMES):
            yield place
