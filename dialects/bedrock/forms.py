"""Converts answers of Converse from a stream to a whole answer, and back."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from dialects.bedrock.eventstream import pack, read_headers, sections
from dialects.bedrock.stream import event_headers
from dialects.conversation import Extra
from dialects.dialect import Reply
from dialects.errors import Malformed
from dialects.json_objects import encode
from dialects.merging import add
from dialects.usage import Usage

_GROWS = frozenset(["text", "signature", "input"])
_PADDING = "p"
_AT_THE_STOP = ("stopReason", "additionalModelResponseFields")
_NOT_AFTER = ("output", *_AT_THE_STOP)


class ConverseForms:
    """A stream is blocks in frames, then the stop reason, then the usage."""

    def whole_of(self, events: Sequence[bytes], usage: Usage | None) -> Extra:
        blocks: dict[int, Extra] = {}
        whole: Extra = {}
        for frame in events:
            block, payload = sections(frame)
            kind, said = str(read_headers(block).get(":event-type")), json.loads(payload)
            said.pop(_PADDING, None)
            match kind:
                case "contentBlockStart":
                    add(blocks.setdefault(said["contentBlockIndex"], {}), said["start"], _GROWS)
                case "contentBlockDelta":
                    _grow(blocks.setdefault(said["contentBlockIndex"], {}), said["delta"])
                case "messageStop" | "metadata":
                    whole |= said
        content = [_finished(blocks[index]) for index in sorted(blocks)]
        return {"output": {"message": {"role": "assistant", "content": content}}} | whole

    def stream_of(self, whole: Extra, reply: Reply) -> bytes:
        message = whole["output"]["message"]
        out = [_event("messageStart", {"role": message["role"]})]
        for index, block in enumerate(message["content"]):
            at = {"contentBlockIndex": index}
            out += [_event(kind, at | said) for kind, said in _pieces(block)]
            out.append(_event("contentBlockStop", at))
        out.append(_event("messageStop", {name: whole[name] for name in _AT_THE_STOP if name in whole}))
        rest = {name: value for name, value in whole.items() if name not in _NOT_AFTER}
        return b"".join(out) + _event("metadata", rest)


def _event(kind: str, said: Extra) -> bytes:
    return pack(event_headers(kind), encode(said))


def _grow(block: Extra, delta: Extra) -> None:
    if "citation" in delta:
        block.setdefault("citations", []).append(delta["citation"])
    elif "toolResult" in delta:
        block["toolResult"].setdefault("content", []).extend(delta["toolResult"])
    else:
        add(block, delta, _GROWS)


def _finished(block: Extra) -> Extra:
    """An assembled block in the form of a whole answer."""
    if "toolUse" in block:
        said = block["toolUse"].get("input")
        block["toolUse"]["input"] = json.loads(said) if said else {}
    thought = block.get("reasoningContent")
    if thought is not None and "redactedContent" not in thought:
        return {"reasoningContent": {"reasoningText": thought}}
    if "citations" in block:
        return {"citationsContent": {"content": [{"text": block["text"]}], "citations": block["citations"]}}
    return block


def _pieces(block: Extra) -> Iterator[tuple[str, Extra]]:
    """The events of a block, without the one that ends it. Raises Malformed."""
    ((name, said),) = block.items()
    match name:
        case "text":
            yield "contentBlockDelta", {"delta": block}
        case "toolUse":
            yield from _begun(name, said, "input", encode(said["input"]).decode())
        case "toolResult":
            yield "contentBlockStart", {"start": {name: _without(said, "content")}}
            yield "contentBlockDelta", {"delta": {name: said.get("content") or []}}
        case "image":
            yield from _begun(name, said, "source", said["source"])
        case "reasoningContent":
            thought = said.get("reasoningText", said)
            for member, value in thought.items():
                yield "contentBlockDelta", {"delta": {name: {member: value}}}
        case "citationsContent":
            for each in [*said["content"], *({"citation": each} for each in said["citations"])]:
                yield "contentBlockDelta", {"delta": each}
        case _:
            raise Malformed(f"streams have no {name}")


def _begun(name: str, said: Extra, member: str, rest: Any) -> Iterator[tuple[str, Extra]]:
    """A block whose start event holds all members but one; a delta holds that one."""
    yield "contentBlockStart", {"start": {name: _without(said, member)}}
    yield "contentBlockDelta", {"delta": {name: {member: rest}}}


def _without(said: Extra, member: str) -> Extra:
    return {name: value for name, value in said.items() if name != member}
