"""Reads and writes requests to Gemini's generateContent: https://ai.google.dev/api/generate-content."""

from collections.abc import Mapping
from typing import Any

import msgspec

from dialects.conversation import Conversation, Message, Part, Role, Text, ToolCall, ToolResult
from dialects.dialect import Destination
from dialects.gemini import signatures
from dialects.gemini.members import cameled, encoded, object_in, objects_in, rest_of, text_in, wrong
from dialects.gemini.parts import NAME, longer, read_part, write_parts
from dialects.gemini.settings import (
    PLACE,
    joined,
    read_format,
    read_reasoning,
    read_sampling,
    rest_of_config,
    write_format,
    write_reasoning,
    write_sampling,
)
from dialects.gemini.tools import read_choice, read_tools, write_choice, write_tools
from dialects.openai.common import decode_request

replace = msgspec.structs.replace

_DECODER = msgspec.json.Decoder(dict[str, Any])
_KNOWN = frozenset("contents systemInstruction tools toolConfig generationConfig serviceTier model".split())
# https://ai.google.dev/gemini-api/docs/flex-inference: "standard" is OpenAI's "default".
_TIERS: Mapping[str, str] = {"standard": "default", "flex": "flex", "priority": "priority"}
_TIER_OF: Mapping[str, str] = {"default": "standard", **{tier: tier for tier in _TIERS}}


def read_request(body: bytes) -> Conversation:
    """The conversation of a request. Raises Malformed, with the place."""
    return read_members(decode_request(_DECODER, body))


def read_members(found: dict[str, Any]) -> Conversation:
    """The conversation of a decoded request. Raises Malformed, with the place."""
    members = cameled(found)
    if members.get("contents") is None:
        raise wrong("contents", "an array", None)
    config = object_in(members.get("generationConfig"), PLACE)
    choice, rest_of_tools = read_choice(object_in(members.get("toolConfig"), "toolConfig"))
    extra = rest_of(members, _KNOWN) or {}
    for name, rest in (("generationConfig", rest_of_config(config)), ("toolConfig", rest_of_tools)):
        if rest is not None:
            extra[name] = rest
    tier = text_in(members, "serviceTier", "")
    return Conversation(
        dialect=NAME,
        model=(text_in(members, "model", "") or "").removeprefix("models/"),
        messages=(*_instruction(members.get("systemInstruction")), *_turns(members["contents"])),
        tools=read_tools(members.get("tools")),
        tool_choice=choice,
        sampling=read_sampling(config),
        format=read_format(config),
        reasoning=read_reasoning(config),
        include_usage=True,
        service_tier=None if tier is None else _TIERS.get(tier.lower(), tier),
        extra=extra or None,
    )


def _instruction(found: Any) -> tuple[Message, ...]:
    place = "systemInstruction"
    parts = objects_in(object_in(found, place).get("parts"), f"{place}.parts")
    read = [part for at, each in enumerate(parts) for part in read_part(each, f"{place}.parts.{at}", "")]
    texts = tuple(part for part in read if isinstance(part, Text))
    return (Message("system", texts),) if texts else ()


def _turns(found: Any) -> list[Message]:
    """The turns: adjacent ones by the model are merged, and function results get turns of their own.

    Merged, because the vendor's SDKs keep each chunk of a stream as a separate turn.
    """
    turns: list[Message] = []
    for number, content in enumerate(objects_in(found, "contents")):
        place = f"contents.{number}"
        speaks, begun = _role(content, place), False
        for at, part in enumerate(objects_in(content.get("parts"), f"{place}.parts")):
            read = read_part(part, f"{place}.parts.{at}", f"call_{number}_{at}")
            for each in read:
                if speaks == "assistant" and each == Text(""):
                    continue  # the end of a stream
                role: Role = "tool" if isinstance(each, ToolResult) else speaks
                if not turns or turns[-1].role != role or (role == "user" and not begun):
                    turns.append(Message(role, ()))
                parts, begun = turns[-1].parts, True
                parts = longer(parts, each) if role == "assistant" else (*parts, each)
                turns[-1] = replace(turns[-1], parts=parts)
    return _answered(turns)


def _role(content: dict[str, Any], place: str) -> Role:
    role = text_in(content, "role", place)
    if role == "model":
        return "assistant"
    if role in (None, "", "user", "function"):
        return "user"
    raise wrong(f"{place}.role", "user or model", role)


def _answered(turns: list[Message]) -> list[Message]:
    """The turns with an id on every result; without one, it is matched to a call by function name."""
    asked: list[ToolCall] = []
    for number, turn in enumerate(turns):
        if turn.role == "assistant":
            asked += [part for part in turn.parts if isinstance(part, ToolCall)]
        elif turn.role == "tool":
            results = [_identified(part, asked, f"call_{number}_{at}") for at, part in enumerate(turn.parts)]
            turns[number] = replace(turn, parts=tuple(results))
    return turns


def _identified(part: Part, asked: list[ToolCall], minted: str) -> Part:
    if not isinstance(part, ToolResult):
        return part
    for call in asked:
        if call.id == part.id if part.id else call.name == part.name:
            asked.remove(call)
            return replace(part, id=call.id, name=part.name or call.name)
    return part if part.id else replace(part, id=minted)


def write_request(conversation: Conversation, to: Destination) -> bytes:
    """The body for a vendor; model and stream are in the path."""
    extra = conversation.extra or {}
    wire: dict[str, Any] = {}
    system = [message for message in conversation.messages if message.role in ("system", "developer")]
    if system:
        # The only place for instructions: those from the middle of a conversation move there, too.
        parts = [part for message in system for part in write_parts(message.parts, {})]
        wire["systemInstruction"] = {"parts": parts}
    wire["contents"] = _contents(conversation, to.model)
    if system and not wire["contents"] and conversation.dialect != NAME:
        # Other formats allow instructions alone; here they become the user's turn, as there must be one.
        wire["contents"] = [{"role": "user", **wire.pop("systemInstruction")}]
    tools = write_tools(conversation.tools)
    config = {
        **write_sampling(conversation.sampling),
        **write_format(conversation.format),
        **write_reasoning(conversation.reasoning, to.model, own=conversation.dialect == NAME),
    }
    tier = conversation.service_tier
    members: dict[str, Any] = {
        "tools": tools,
        "toolConfig": write_choice(conversation.tool_choice),
        "generationConfig": config,
        "serviceTier": None if tier is None else _TIER_OF.get(tier),
    }
    wire.update({name: value for name, value in members.items() if value})
    return encoded(edited(joined(wire, extra), to))


def unsaid(conversation: Conversation) -> tuple[str, ...]:
    """The service tier, if the format cannot express it."""
    return () if conversation.service_tier in (None, "auto", *_TIER_OF) else ("service_tier",)


def _contents(conversation: Conversation, model: str) -> list[dict[str, Any]]:
    names: dict[str, str] = {}
    contents: list[dict[str, Any]] = []
    for message in conversation.messages:
        if message.role in ("system", "developer"):
            continue
        names.update((part.id, part.name) for part in message.parts if isinstance(part, ToolCall))
        parts = write_parts(message.parts, names)
        if not parts:
            continue  # a turn without parts is rejected
        role = "model" if message.role == "assistant" else "user"
        if role == "model" and signatures.demands_signature(model):
            _sign(parts)
        contents.append({"role": role, "parts": parts})
    return contents


def _sign(parts: list[dict[str, Any]]) -> None:
    """Sign the turn's first call with a placeholder if it is unsigned: only the first must be signed."""
    for part in parts:
        if "functionCall" in part:
            part.setdefault("thoughtSignature", signatures.PLACEHOLDER)
            return


def edited(members: dict[str, Any], to: Destination) -> dict[str, Any]:
    """The members adapted to the target (renames, drops, required members), changed in place."""
    for name in to.drops:
        members.pop(name, None)
    for name, theirs in to.renames.items():
        if name in members:
            members[theirs] = members.pop(name)
    members.update(to.sets)
    return members
