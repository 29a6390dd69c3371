"""Reads whole answers of the Responses API, which also end its streams."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from dialects.answer import Answer, Choice, Finish
from dialects.conversation import Native, Part, Refusal, Text, ToolCall
from dialects.dialect import WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.openai.common import read_loosely, read_vendor_error
from dialects.openai.responses_items import read_reasoning
from dialects.openai.responses_parts import NAME, read_citations
from dialects.openai.usage import loose_usage, read_usage
from dialects.usage import Searches, Usage

_DECODE = msgspec.json.Decoder().decode
_SEARCHES = b"_search_call"  # the suffix of their types
_HALF = ("in_progress", "incomplete")  # item statuses that contradict an answer's status `completed`
_COSTS = ("cost", "cost_in_usd_ticks", "is_byok", "cost_details")
_FAILED = "the vendor ended its answer with an error"


class _Peeked(msgspec.Struct, frozen=True, gc=False):
    status: str | None = None
    output: msgspec.Raw = msgspec.Raw()
    usage: Any = None
    error: Any = None
    service_tier: Any = None


_PEEKED = msgspec.json.Decoder(_Peeked)


def peek_answer(body: bytes) -> WholeAnswer:
    try:
        peeked = _PEEKED.decode(body)
    except (ValueError, RecursionError):
        return _peek_loosely(body)
    error, usage = error_of(peeked.status, peeked.error), usage_of(peeked.usage)
    if error is not None:
        return WholeAnswer(usage, error, 0, peeked.service_tier)
    if not peeked.output:
        raise Malformed("the answer has no output")
    length = 0 if usage else _length(_parts(_object(body)))
    searches = searches_in(_object(body)) if _SEARCHES in body else None
    return WholeAnswer(usage, None, length, peeked.service_tier, searches)


def _peek_loosely(body: bytes) -> WholeAnswer:
    found = _object(body)
    error, usage = error_of(found.get("status"), found.get("error")), usage_of(found.get("usage"))
    if error is not None:
        return WholeAnswer(usage, error, 0, found.get("service_tier"))
    if "output" not in found:
        raise Malformed("the answer has no output")
    length = 0 if usage else _length(_parts(found))
    return WholeAnswer(usage, None, length, found.get("service_tier"), searches_in(found))


def read_answer(body: bytes) -> Answer:
    found = _object(body)
    if not isinstance(found.get("output"), list):
        raise Malformed("the answer has no output")
    parts = _parts(found)
    tier = found.get("service_tier")
    logprobs = tuple(each for block in _texts(found) for each in logprobs_of(block.get("logprobs")))
    return Answer(
        NAME,
        (Choice(parts, finish_of(found, calls_tools(parts)), logprobs=logprobs),),
        *head_of(found),
        usage_of(found.get("usage")),
        tier if isinstance(tier, str) else None,
        searches=searches_in(found),
    )


def searches_in(response: dict[str, Any]) -> Searches | None:
    """The number of web and file searches; opening a page, or searching in one, costs nothing.

    https://platform.openai.com/docs/guides/tools-web-search
    https://platform.openai.com/docs/guides/tools-file-search
    """
    items = list(_items(response))
    searched = (item.get("action") for item in items if item.get("type") == "web_search_call")
    web = sum(not isinstance(each, dict) or each.get("type", "search") == "search" for each in searched)
    files = sum(item.get("type") == "file_search_call" for item in items)
    tools = response.get("tools")
    kinds = [each.get("type") for each in tools if isinstance(each, dict)] if isinstance(tools, list) else []
    older = any(str(each).startswith("web_search_preview") for each in kinds)
    return Searches.of(0, files, web) if older else Searches.of(web, files)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = _DECODE(body)
    except (ValueError, RecursionError):
        found = read_loosely(body)
    if not isinstance(found, dict):
        raise Malformed("the answer is not a JSON object")
    return found


def head_of(response: dict[str, Any]) -> tuple[str, str, int]:
    """The id, the model, and the creation time in Unix seconds."""
    id, model, created = (response.get(name) for name in ("id", "model", "created_at"))
    is_time = isinstance(created, int | float) and not isinstance(created, bool) and 0 <= created < 1e12
    return (
        id if isinstance(id, str) else "",
        model if isinstance(model, str) else "",
        int(created) if is_time and created is not None else 0,
    )


def usage_of(found: Any) -> Usage | None:
    """The same counts as in chat completions, under other names."""
    if not isinstance(found, dict):
        return None
    wire = loose_usage(
        {
            "prompt_tokens": found.get("input_tokens"),
            "completion_tokens": found.get("output_tokens"),
            "total_tokens": found.get("total_tokens"),
            "prompt_tokens_details": found.get("input_tokens_details"),
            "completion_tokens_details": found.get("output_tokens_details"),
            **{name: found.get(name) for name in _COSTS},
        }
    )
    return read_usage(wire)


def error_of(status: Any, error: Any) -> VendorError | None:
    """The error of a failed answer; otherwise None."""
    if error:
        return read_vendor_error(error)
    return VendorError(_FAILED, code="server_error") if status == "failed" else None


def finish_of(response: dict[str, Any], calls: bool) -> Finish:
    """How an answer ended; `calls`: it has tool calls."""
    status = response.get("status")
    if status == "failed":
        return Finish("error")
    if status == "incomplete":
        details = response.get("incomplete_details")
        reason = details.get("reason") if isinstance(details, dict) else None
        return Finish("content_filter" if reason == "content_filter" else "length")
    half = any(str(item.get("status")) in _HALF for item in _items(response))
    return Finish("tool_calls" if calls else "stop", sure=status == "completed" and not half)


def calls_tools(parts: Sequence[Part]) -> bool:
    return any(isinstance(part, ToolCall) for part in parts)


def _items(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    output = response.get("output")
    return (item for item in (output if isinstance(output, list) else ()) if isinstance(item, dict))


def _texts(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in _items(response):
        if item.get("type") == "message":
            yield from contents_of(item)


def contents_of(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The raw parts of a message's content."""
    content = item.get("content")
    return (block for block in (content if isinstance(content, list) else ()) if isinstance(block, dict))


def logprobs_of(found: Any) -> tuple[Any, ...]:
    return tuple(each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def _parts(response: dict[str, Any]) -> tuple[Part, ...]:
    return tuple(part for item in _items(response) for part in parts_of(item))


def parts_of(item: dict[str, Any]) -> Iterator[Part]:
    """The parts of a finished item; message and call items' own ids are dropped."""
    match item.get("type"):
        case "message":
            for block in contents_of(item):
                yield from _said(block)
        case "function_call":
            id, name, arguments = (text_of(item, each) for each in ("call_id", "name", "arguments"))
            yield ToolCall(id or text_of(item, "id"), name, arguments)
        case "reasoning":
            thought = msgspec.structs.replace(read_reasoning(item), extra=None)
            if thought.text or thought.signature:
                yield thought
        case str():
            yield Native(NAME, item)


def _said(block: dict[str, Any]) -> Iterator[Part]:
    if block.get("type") == "output_text":
        yield Text(text_of(block, "text"), read_citations(block.get("annotations")))
    elif block.get("type") == "refusal":
        yield Refusal(text_of(block, "refusal"))


def text_of(found: dict[str, Any], name: str) -> str:
    """The member if it is a string, otherwise ""."""
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _length(parts: tuple[Part, ...]) -> int:
    """Characters of text, thinking and arguments."""
    return sum(
        len(part.arguments) if isinstance(part, ToolCall) else len(getattr(part, "text", ""))
        for part in parts
    )
