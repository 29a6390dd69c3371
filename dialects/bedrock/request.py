"""Requests of Bedrock's Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html."""

from typing import Any

import msgspec

from dialects.bedrock.members import a_text, adjust, an_array, an_object, rest_of
from dialects.bedrock.reading import NAME, read_blocks
from dialects.bedrock.settings import FIELDS, read_settings, write_settings
from dialects.bedrock.tools import called, read_tools, write_tools
from dialects.bedrock.writing import Block, BlockWriter
from dialects.conversation import (
    Audio,
    Conversation,
    File,
    Image,
    Message,
    Native,
    Part,
    Role,
    Stored,
    Text,
    Thinking,
    ToolResult,
    Url,
    Video,
)
from dialects.dialect import Destination
from dialects.errors import Malformed, Unsupported

_KNOWN = (
    "messages",
    "system",
    "inferenceConfig",
    "toolConfig",
    FIELDS,
    "outputConfig",
    "requestMetadata",
    "serviceTier",
    "modelId",
)
_ENCODE = msgspec.json.Encoder().encode
# Sent where the format requires text and the caller gave none.
FILLER: Block = {"text": "."}
_ROLES = {"user": "user", "tool": "user", "assistant": "assistant", "system": "system"}
# Other formats' names for Bedrock's tiers; an unknown name is not sent.
_TIERS = {"standard_only": "default"} | {name: name for name in ("default", "priority", "flex", "reserved")}


def read_request(body: dict[str, Any]) -> Conversation:
    """The conversation, without model and stream, which are in the path. Raises Malformed with the place."""
    messages: list[Message] = []
    system = body.get("system")
    if system:
        messages.append(Message("system", read_blocks(system, "system")))
    for number, turn in enumerate(an_array(body.get("messages"), "messages")):
        messages.extend(_turns(turn, f"messages.{number}"))
    settings = read_settings(body)
    tools, choice, more = read_tools(body.get("toolConfig"))
    extra = rest_of(body, *_KNOWN) | settings.extra | more
    return Conversation(
        dialect=NAME,
        model="",
        messages=tuple(messages),
        tools=tools,
        tool_choice=choice,
        sampling=settings.sampling,
        format=settings.format,
        reasoning=settings.reasoning,
        include_usage=True,
        metadata=_metadata(body.get("requestMetadata")),
        service_tier=_tier(body.get("serviceTier")),
        extra={name: value for name, value in extra.items() if value is not None} or None,
    )


def _turns(turn: Any, place: str) -> list[Message]:
    """One turn as messages: tool results become messages of their own."""
    role: Any = a_text(an_object(turn, place).get("role"), f"{place}.role")
    if role not in ("user", "assistant", "system"):
        raise Malformed(
            f"Invalid request body at '{place}.role': {role!r} is no role.", param=f"{place}.role"
        )
    extra = rest_of(turn, "role", "content") or None
    runs: list[tuple[Role, list[Part]]] = []
    for part in read_blocks(turn.get("content"), f"{place}.content"):
        speaker: Role = "tool" if isinstance(part, ToolResult) else role
        if not runs or runs[-1][0] != speaker:
            runs.append((speaker, []))
        runs[-1][1].append(part)
    if not runs:
        return [Message(role, (), extra=extra)]
    return [
        Message(speaker, tuple(parts), extra=None if number else extra)
        for number, (speaker, parts) in enumerate(runs)
    ]


def _metadata(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    pairs = an_object(value, "requestMetadata")
    return {name: a_text(each, f"requestMetadata.{name}") for name, each in pairs.items()}


def _tier(value: Any) -> str | None:
    return None if value is None else a_text(an_object(value, "serviceTier").get("type"), "serviceTier.type")


def write_request(conversation: Conversation, to: Destination) -> bytes:
    """The body for Bedrock. Raises Unsupported for parts that turn out not to be expressible."""
    own = conversation.dialect == NAME
    extra = conversation.extra or {} if own else {}
    writer = BlockWriter(own=own, cites=own)
    system, turns = _spoken(conversation.messages, writer, own=own)
    body: dict[str, Any] = {"messages": _alternating(turns)}
    if system:
        body["system"] = system
    body |= write_settings(conversation, to.model, extra)
    tools = write_tools(conversation, extra.get("toolConfig"), writer.unsaid)
    if tools:
        body["toolConfig"] = tools
    if conversation.metadata:
        body["requestMetadata"] = conversation.metadata
    if conversation.service_tier in _TIERS:
        body["serviceTier"] = {"type": _TIERS[conversation.service_tier]}
    if writer.unsaid and to.unsupported == "error":
        raise Unsupported(NAME, list(dict.fromkeys(writer.unsaid)))
    body = {name: value for name, value in extra.items() if name not in body and name not in _KNOWN} | body
    adjust(body, to)
    return _ENCODE(body)


def unsaid(conversation: Conversation) -> tuple[str, ...]:
    """The features that this request's values make inexpressible, such as content outside S3 or a tier."""
    names = []
    for message in conversation.messages:
        for part in message.parts:
            inner = part.parts if isinstance(part, ToolResult) else ()
            names += [name for each in (part, *inner) if (name := _elsewhere(each)) is not None]
    if conversation.service_tier not in (None, "auto", *_TIERS):
        names.append("service_tier")
    choice = conversation.tool_choice
    if choice is not None and choice.mode == "none" and conversation.tools and called(conversation):
        names.append("tool_choice.none")
    return tuple(dict.fromkeys(names))


def _elsewhere(part: Part) -> str | None:
    if not isinstance(part, Image | Audio | Video | File):
        return None
    kind, source = type(part).__name__.lower(), part.source
    if isinstance(source, Stored):
        return None if source.id.startswith("s3://") else f"{kind}.stored"
    return f"{kind}.url" if isinstance(source, Url) else None


def _spoken(
    messages: tuple[Message, ...], writer: BlockWriter, *, own: bool
) -> tuple[list[Block], list[dict[str, Any]]]:
    """System blocks and turns. Instructions stay between turns only if `own`: only newer models take them."""
    system: list[Block] = []
    turns: list[dict[str, Any]] = []
    for message in messages:
        role = _ROLES.get(message.role, "system")
        if role == "system" and not (own and turns):
            system += writer.blocks(part for part in message.parts if isinstance(part, Text | Native))
            continue
        blocks = writer.blocks(part for part in message.parts if not _is_unsigned(part))
        if not blocks:
            continue  # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
        more = message.extra if message.extra and own else {}
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
            turns[-1] |= more
        else:
            turns.append({"role": role, "content": blocks} | more)
    return system, turns


def _is_unsigned(part: Part) -> bool:
    # Claude rejects thinking that it cannot verify:
    # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ReasoningTextBlock.html
    return isinstance(part, Thinking) and not part.signature


def _alternating(turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The turns with filler added: the user must speak first, and a document needs text beside it."""
    # https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html
    for turn in turns:
        content = turn["content"]
        if any("document" in block for block in content) and not any("text" in block for block in content):
            content.append(FILLER)
    if not turns or turns[0]["role"] == "assistant":
        return [{"role": "user", "content": [FILLER]}, *turns]
    return turns
