"""Why a vendor refused a call, from vendors' own error codes and messages."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from dialects.errors import VendorError
from routing.faults import Fault

# Gemini rejects an unknown key with a 400: https://ai.google.dev/gemini-api/docs/troubleshooting
_KEY_CODES = frozenset(["API_KEY_INVALID"])
# OpenAI reports an exhausted balance with a 429: https://platform.openai.com/docs/guides/error-codes
_MONEY_CODES = frozenset(["insufficient_quota", "billing_hard_limit_reached"])
# xAI says the first with a 400, Anthropic the second. Matched at the beginning only: messages may quote the
# caller, and no caller must be able to have a key set aside.
_KEY, _MONEY = "Incorrect API key provided", "Your credit balance is too low"

# A prompt that does not fit: OpenAI and its imitators use a code, Anthropic "prompt is too long: 204800
# tokens > 200000 maximum" and "exceed context limit", Gemini "The input token count (…) exceeds the maximum
# number of tokens allowed", Bedrock "Input is too long for requested model", vLLM "This model's maximum
# context length is …" and "longer than the maximum model length", Mistral "… too large for model with …
# maximum context length", Cohere "too many tokens", xAI "maximum prompt length", llama.cpp "exceeds the
# available context size", text-generation-inference "`inputs` must have less than 4096 tokens" and "`inputs`
# tokens + … must be <= 4096".
_TOO_LONG_CODES = frozenset(
    ["context_length_exceeded", "model_max_prompt_tokens_exceeded", "exceed_context_size_error"]
)
_TOO_LONG = re.compile(
    r"context[ _](length|window|size|limit)|(prompt|input) is too long|too many (input |total )?tokens"
    r"|exceeds? the maximum (number of )?tokens|token count .{0,40}exceeds|reduce the length of"
    r"|maximum (model|prompt) length|`inputs` (tokens \+ .{0,40})?must (be <=|have less than)"
    r"|payload size exceeds",
    re.IGNORECASE,
)
# Content that a vendor refuses: OpenAI's and Azure's codes, Anthropic's "Output blocked by content
# filtering policy", "flagged" of OpenAI and, with a 403, of OpenRouter and Mistral, xAI's "usage guidelines"
# (the same), Alibaba's data inspection, DeepSeek's "Content Exists Risk", and variants by imitators.
_CONTENT_CODES = frozenset(
    [
        *("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"),
        *("moderation_blocked", "moderation_error", "data_inspection_failed", "DataInspectionFailed"),
    ]
)
_CONTENT = re.compile(
    r"content (management |filtering )?policy|content filter|safety system|usage (polic|guidelines)"
    r"|(input|prompt|content|request) (was |has been )?flagged|inappropriate content|content exists risk",
    re.IGNORECASE,
)
# An object that a vendor does not have, or not for this account: the model is not to blame. OpenAI
# says "Item with id 'rs_…' not found", Anthropic "File not found: file_…", Gemini with a 403 "You do not have
# permission to access the File … or it may not exist" and "CachedContent not found (or permission denied)".
_NAMED = re.compile(
    r"(^|no such |\b(the|previous|with) )(files?|item|response|container|conversation|cached ?content|prompt"
    r"|skill|vector store)\b.{0,200}(\bnot (be )?found|\bnot exist|\bexpired|object: )",
    re.IGNORECASE | re.DOTALL,
)

# The faults that the wording may decide, by status; other statuses speak for themselves.
_SPOKEN: Mapping[int, frozenset[Fault]] = MappingProxyType(
    {
        **dict.fromkeys((400, 413, 422), frozenset([Fault.CREDENTIALS, Fault.TOO_LONG, Fault.CONTENT])),
        403: frozenset([Fault.CREDENTIALS, Fault.CONTENT, Fault.REQUEST]),
        404: frozenset([Fault.REQUEST]),
        429: frozenset([Fault.CREDENTIALS]),
    }
)

# The status that an error inside a 200 would have had, by its code or type. `invalid_request_error` is not
# included: in OpenAI's formats it comes with any status.
_INSIDE: Mapping[str, int] = MappingProxyType(
    {
        # https://platform.openai.com/docs/api-reference/responses/object#responses/object-error
        **{
            "rate_limit_exceeded": 429,
            "insufficient_quota": 429,
            "server_is_overloaded": 503,
            "slow_down": 503,
        },
        # https://docs.anthropic.com/en/api/errors
        **{
            "authentication_error": 401,
            "billing_error": 402,
            "permission_error": 403,
            "not_found_error": 404,
        },
        **{"request_too_large": 413, "rate_limit_error": 429, "timeout_error": 504, "overloaded_error": 529},
        # https://cloud.google.com/apis/design/errors#handling_errors
        **{"INVALID_ARGUMENT": 400, "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "NOT_FOUND": 404},
        **{"RESOURCE_EXHAUSTED": 429, "UNAVAILABLE": 503, "DEADLINE_EXCEEDED": 504},
        # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
        **{"ValidationException": 400, "ThrottlingException": 429, "ServiceUnavailableException": 503},
    }
)
# OpenRouter: https://openrouter.ai/docs/api-reference/errors
_STATUS = re.compile(r"[45][0-9]{2}")


def of_words(status: int, said: VendorError) -> Fault | None:
    """The fault that the vendor's wording implies, among those possible for this status; None: none."""
    possible = _SPOKEN.get(status)
    return None if possible is None else next((fault for fault in _faults(said) if fault in possible), None)


def is_of_money(said: VendorError) -> bool:
    """Whether the account's balance is exhausted."""
    return said.code in _MONEY_CODES or said.message.startswith(_MONEY)


def status_inside(said: VendorError) -> int | None:
    """The status that an error inside a 200 would have had; None if that is unknown."""
    for told in (said.code, said.type):
        if told is None:
            continue
        if told in _INSIDE:
            return _INSIDE[told]
        if _STATUS.fullmatch(told):
            return int(told)
    return None if of_words(400, said) is None else 400


def _faults(said: VendorError) -> Iterator[Fault]:
    told = {said.code, said.type}
    if not told.isdisjoint(_KEY_CODES) or said.message.startswith(_KEY) or is_of_money(said):
        yield Fault.CREDENTIALS
    if not told.isdisjoint(_TOO_LONG_CODES) or _TOO_LONG.search(said.message):
        yield Fault.TOO_LONG
    if not told.isdisjoint(_CONTENT_CODES) or _CONTENT.search(said.message):
        yield Fault.CONTENT
    if _NAMED.search(said.message):
        yield Fault.REQUEST
