"""Converts answers of Messages from a stream to a whole answer, and back."""

import json
from collections.abc import Iterator, Mapping, Sequence

from dialects.anthropic.events import event
from dialects.anthropic.usage import merged
from dialects.conversation import Extra
from dialects.dialect import Reply
from dialects.errors import Malformed
from dialects.json_objects import encode
from dialects.merging import add, objects
from dialects.usage import Usage

_GROWS = frozenset(["text", "thinking", "signature"])
# The members of a block that are streamed: the member, the type of its delta, and the delta's member.
_PIECES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "text": (("text", "text_delta", "text"),),
    "thinking": (("thinking", "thinking_delta", "thinking"), ("signature", "signature_delta", "signature")),
}
_CALLS = frozenset(["tool_use", "server_tool_use", "mcp_tool_use"])
_AT_THE_END = ("stop_reason", "stop_sequence", "container")


class MessagesForms:
    """A stream begins with the message; its blocks follow."""

    def whole_of(self, events: Sequence[bytes], usage: Usage | None) -> Extra:
        message: Extra = {}
        blocks: dict[int, Extra] = {}
        inputs: dict[int, str] = {}
        for found in objects(events):
            match found.pop("type"):
                case "message_start":
                    message = found["message"]
                case "content_block_start":
                    blocks[found["index"]] = found["content_block"]
                case "content_block_delta":
                    _grow(blocks, inputs, found["index"], found["delta"])
                case "message_delta":
                    counted = merged(message.get("usage"), found.pop("usage", None))
                    message |= found.pop("delta") | found
                    message["usage"] = counted
                case "error":
                    raise Malformed("the stream broke")
        for index, said in inputs.items():
            if said:
                blocks[index]["input"] = json.loads(said)
        return message | {"content": [blocks[index] for index in sorted(blocks)]}

    def stream_of(self, whole: Extra, reply: Reply) -> bytes:
        blocks, usage = whole.pop("content"), whole["usage"]
        end = {name: whole.pop(name) for name in _AT_THE_END if name in whole}
        begun: Extra = {"content": [], "stop_reason": None, "stop_sequence": None}
        out = [event("message_start", {"message": whole | begun | {"usage": usage | {"output_tokens": 0}}})]
        for index, block in enumerate(blocks):
            out += _events(index, block)
        out.append(event("message_delta", {"delta": {"stop_sequence": None} | end, "usage": usage}))
        return b"".join(out) + event("message_stop", {})


def _grow(blocks: dict[int, Extra], inputs: dict[int, str], index: int, delta: Extra) -> None:
    block = blocks[index]
    kind = delta.pop("type")
    if kind == "input_json_delta":
        inputs[index] = inputs.get(index, "") + delta["partial_json"]
    elif kind == "citations_delta":
        block["citations"] = [*(block.get("citations") or ()), delta["citation"]]
    else:
        add(block, delta, _GROWS)


def _events(index: int, block: Extra) -> Iterator[bytes]:
    kind, deltas = block["type"], []
    begun = dict(block)
    for member, piece, name in _PIECES.get(kind, ()):
        if said := begun.get(member):
            deltas.append({"type": piece, name: said})
        begun[member] = ""
    if kind == "text" and begun.get("citations"):
        deltas += [{"type": "citations_delta", "citation": each} for each in begun["citations"]]
        begun["citations"] = []
    if kind in _CALLS:
        deltas.append({"type": "input_json_delta", "partial_json": encode(begun["input"]).decode()})
        begun["input"] = {}
    yield event("content_block_start", {"index": index, "content_block": begun})
    for delta in deltas:
        yield event("content_block_delta", {"index": index, "delta": delta})
    yield event("content_block_stop", {"index": index})
