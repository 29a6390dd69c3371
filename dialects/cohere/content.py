"""Reads and writes the content of Cohere's messages: https://docs.cohere.com/reference/chat."""

from collections.abc import Iterable
from typing import Any

from dialects import arguments
from dialects.answer import ToolStarted
from dialects.carrying import pack, unpack
from dialects.cohere.citations import place, write_citation
from dialects.conversation import (
    Extra,
    Image,
    Inline,
    Native,
    Part,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
)
from dialects.data_urls import read_url, write_url
from dialects.members import Members, checked

NAME = "cohere_chat"
# Keys in `extra` for what is not text.
_BLOCK, _CITATIONS = "block", "citations"


def read_content(message: Members) -> list[Part]:
    """The parts of `content`, one per block. Raises Malformed."""
    content = message.either("content", str, list)
    if isinstance(content, str):
        return [Text(content)] if content else []
    return [_read_block(value, f"{message.at('content')}.{i}") for i, value in enumerate(content or ())]


def _read_block(value: Any, where: str) -> Part:
    block = Members(value, where)
    match block.take("type", str):
        case "text":
            return Text(block.need("text", str), extra=block.rest())
        case "thinking":
            return Thinking(block.need("thinking", str), extra=block.rest())
        case "image_url":
            image = Members(block.need("image_url", dict), block.at("image_url"))
            return Image(read_url(image.need("url", str)), image.take("detail", str), extra=block.rest())
    return Native(NAME, checked(value, dict, where))


def write_content(parts: Iterable[Part]) -> str | list[Extra]:
    """The `content` of a turn that is not the model's; a single text is a plain string."""
    blocks = [block for part in parts if (block := _write_block(part)) is not None]
    if not blocks:
        return ""
    alone = blocks[0] if len(blocks) == 1 else {}
    return alone["text"] if alone.keys() == {"type", "text"} else blocks


def _write_block(part: Part) -> Extra | None:
    match part:
        case Text() | Refusal():
            block: Extra = {"type": "text", "text": part.text}
        case Thinking():
            block = {"type": "thinking", "thinking": part.text}
        case Image(source=Inline() | Url() as source):
            image = {"url": write_url(source)}
            block = {
                "type": "image_url",
                "image_url": image | ({"detail": part.detail} if part.detail else {}),
            }
        case Native(dialect=dialect) if dialect == NAME:
            return part.value
        case _:
            return None
    extra = None if isinstance(part, Refusal) else part.extra
    return block | extra if extra else block


def read_assistant(message: Members) -> tuple[tuple[Part, ...], Extra | None]:
    """The parts of the model's message in the order content, plan, calls; and its other members.

    The plan (prose about the calls that follow) becomes the last Text before the calls, which is where all
    other formats have such prose. Citations of thinking stay in the other members.
    """
    spoken = read_content(message)
    plan = message.take("tool_plan", str)
    calls = message.each("tool_calls", read_call)
    cited = message.each("citations", lambda value, where: checked(value, dict, where))
    if plan:
        spoken.append(Text(plan))
    parts, homeless = place(cited, spoken, planned=bool(plan))
    extra = message.rest()
    if homeless:
        extra = (extra or {}) | {_CITATIONS: homeless}
    return (*(part for part in parts if not isinstance(part, Text) or part.text), *calls), extra


def write_assistant(parts: tuple[Part, ...], extra: Extra | None = None) -> Extra:
    """The message with these parts; the last text of a turn that calls tools is its plan."""
    calls = [write_call(part) for part in parts if isinstance(part, ToolCall)]
    plan = max((i for i, part in enumerate(parts) if isinstance(part, Text)), default=-1) if calls else -1
    content: list[Extra] = []
    citations: list[Extra] = []
    for number, part in enumerate(parts):
        block = _write_block(part)
        if block is None:
            continue
        planned = number == plan
        if isinstance(part, Text):
            at = None if planned else len(content)
            citations += [write_citation(citation, at, part.text) for citation in part.citations]
        if not planned:
            content.append(block)
    message: Extra = {"role": "assistant"}
    if content:
        message["content"] = content
    if plan >= 0:
        message["tool_plan"] = parts[plan].text  # type: ignore[union-attr]
    if calls:
        message["tool_calls"] = calls
    message |= extra or {}
    citations += message.pop(_CITATIONS, [])
    if citations:
        message["citations"] = citations
    return message


def read_call(value: Any, where: str) -> ToolCall:
    """A tool call, which is in OpenAI's shape."""
    call = Members(value, where)
    call.take("type", str)
    function = Members(call.need("function", dict), call.at("function"))
    id, signature = unpack(call.need("id", str))
    name, given = function.need("name", str), function.take("arguments", str) or ""
    return ToolCall(id, name, given, signature, extra=call.rest())


def write_call(call: ToolCall) -> Extra:
    """A tool call; missing arguments are written as `{}`, since an empty string is not JSON."""
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return {"id": call_id(call), "type": "function", "function": function} | (call.extra or {})


def call_id(call: ToolCall | ToolStarted) -> str:
    """The id with the call's signature packed into it, so that it returns with the call or its result."""
    return call.id if call.signature is None else pack(call.id, call.signature)


def read_result(message: Members) -> ToolResult:
    """The result in a message of the role `tool`."""
    id, _ = unpack(message.need("tool_call_id", str))
    content = message.either("content", str, list)
    if isinstance(content, str):
        parts: tuple[Text, ...] = (Text(content),) if content else ()
    else:
        parts = tuple(
            _read_result_block(value, f"{message.at('content')}.{i}") for i, value in enumerate(content or ())
        )
    return ToolResult(id, parts, extra=message.rest())


def _read_result_block(value: Any, where: str) -> Text:
    block = Members(value, where)
    if block.take("type", str) == "text":
        return Text(block.need("text", str), extra=block.rest())
    # A document becomes text for other formats; it is written back as a document if the text is unchanged.
    return Text(_text_of(value), extra={_BLOCK: value})


def _text_of(block: Extra) -> str:
    document = block.get("document")
    return arguments.to_text(document.get("data", document) if isinstance(document, dict) else block)


def write_result(result: ToolResult) -> Extra:
    """The message of a tool result; parts other than text are left out."""
    texts = [part for part in result.parts if isinstance(part, Text)]
    content: str | list[Extra]
    if len(texts) == 1 and not texts[0].extra:
        content = texts[0].text
    else:
        content = [_write_result_block(part) for part in texts] or ""
    return {"role": "tool", "tool_call_id": result.id, "content": content} | (result.extra or {})


def _write_result_block(part: Text) -> Extra:
    extra = part.extra or {}
    block = extra.get(_BLOCK)
    if isinstance(block, dict):
        return block if _text_of(block) == part.text else {"type": "text", "text": part.text}
    return {"type": "text", "text": part.text} | extra
