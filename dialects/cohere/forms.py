"""Converts Cohere's answers from a stream to a whole answer, and back."""

from collections.abc import Sequence
from typing import Any

from dialects.cohere.writer import event
from dialects.conversation import Extra
from dialects.dialect import Reply
from dialects.errors import Malformed
from dialects.merging import add, objects
from dialects.usage import Usage

_GROWS = frozenset(["text", "thinking", "tool_plan", "arguments"])


class CohereForms:
    """In a stream, blocks, calls and citations have separate events."""

    def whole_of(self, events: Sequence[bytes], usage: Usage | None) -> Extra:
        whole: Extra = {"id": "", "finish_reason": None, "message": {"role": "assistant"}}
        message = whole["message"]
        blocks: dict[int, Extra] = {}
        calls: dict[int, Extra] = {}
        for found in objects(events):
            delta, index = found.get("delta") or {}, found.get("index", 0)
            said = delta.pop("message", None) or {}
            match found["type"]:
                case "message-start":
                    whole["id"] = found["id"]
                case "content-start" | "content-delta":
                    add(blocks.setdefault(index, {}), said["content"], _GROWS)
                    if found.get("logprobs"):
                        whole.setdefault("logprobs", []).append(found["logprobs"])
                case "tool-plan-delta":
                    add(message, said, _GROWS)
                case "tool-call-start" | "tool-call-delta":
                    add(calls.setdefault(index, {}), _one(said["tool_calls"]), _GROWS)
                case "citation-start":
                    message.setdefault("citations", []).append(_one(said["citations"]))
                case "message-end":
                    whole |= delta
        message |= {"content": [blocks[index] for index in sorted(blocks)]} if blocks or not calls else {}
        message |= {"tool_calls": [calls[index] for index in sorted(calls)]} if calls else {}
        return whole

    def stream_of(self, whole: Extra, reply: Reply) -> bytes:
        message = whole.pop("message")
        empty = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
        out = [event("message-start", id=whole.pop("id"), delta={"message": empty})]
        logprobs = whole.pop("logprobs", None)
        for index, block in enumerate(message.get("content") or ()):
            kind = block["type"]
            out.append(_part("content-start", index, "content", block | {kind: ""}))
            pieces = _pieces(block, logprobs) if kind == "text" else [(block[kind], None)]
            logprobs = None if kind == "text" else logprobs
            for text, beside in pieces:
                more = {} if beside is None else {"logprobs": beside}
                out.append(_part("content-delta", index, "content", {kind: text}, **more))
            out.append(event("content-end", index=index))
        if plan := message.get("tool_plan"):
            out.append(event("tool-plan-delta", delta={"message": {"tool_plan": plan}}))
        for index, call in enumerate(message.get("tool_calls") or ()):
            function = call["function"]
            begun = call | {"function": function | {"arguments": ""}}
            rest = {"function": {"arguments": function["arguments"]}}
            out.append(_part("tool-call-start", index, "tool_calls", begun))
            out.append(_part("tool-call-delta", index, "tool_calls", rest))
            out.append(event("tool-call-end", index=index))
        for index, citation in enumerate(message.get("citations") or ()):
            out.append(_part("citation-start", index, "citations", citation))
            out.append(event("citation-end", index=index))
        return b"".join(out) + event("message-end", delta=whole)


def _part(name: str, index: int, member: str, said: Extra, **more: Any) -> bytes:
    return event(name, index=index, delta={"message": {member: said}}, **more)


def _pieces(block: Extra, logprobs: Any) -> list[tuple[str, Any]]:
    """The text of a block, in pieces with their logprobs. Raises Malformed if they do not match."""
    if not logprobs:
        return [(block["text"], None)]
    if "".join(each["text"] for each in logprobs) != block["text"]:
        raise Malformed("probabilities of another text")
    return [(each["text"], each) for each in logprobs]


def _one(found: Any) -> Extra:
    """The object, which some versions send in a list."""
    (only,) = found if isinstance(found, list) else (found,)
    return dict(only)
