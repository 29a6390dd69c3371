"""The items of a streamed response, each with the events that open, extend and close it."""

from typing import Any, Protocol

import msgspec

from dialects.answer import CitationDelta, RefusalDelta, TextDelta, ThinkingDelta, ToolStarted
from dialects.carrying import pack
from dialects.conversation import Extra, RedactedThinking, Thinking
from dialects.openai.responses_parts import carried, write_citation

_ENCODE = msgspec.json.Encoder().encode


class Pen:
    """Writes events and numbers them."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = 0

    def event(self, kind: str, members: Extra) -> bytes:
        number, self.number = self.number, self.number + 1
        data = _ENCODE({"type": kind, "sequence_number": number} | members)
        return b"event: %b\ndata: %b\n\n" % (kind.encode(), data)

    def delta(self, prefix: bytes, text: str) -> bytes:
        """A delta event; `prefix_of` has already serialised its other members."""
        number, self.number = self.number, self.number + 1
        return b'%b%d,"delta":%b}\n\n' % (prefix, number, _ENCODE(text))


def prefix_of(kind: str, members: Extra) -> bytes:
    """The beginning of an event, for `Pen.delta`."""
    return b'event: %b\ndata: %b,"sequence_number":' % (kind.encode(), _ENCODE({"type": kind} | members)[:-1])


class Item(Protocol):
    """One item of the output."""

    whole: Extra  # the item so far

    def open(self, pen: Pen) -> bytes:
        """The event that adds it."""

    def close(self, pen: Pen, status: str) -> bytes:
        """The events that end it; afterwards `whole` can only get citations."""


class Message:
    """A message item: each part of the answer is one part of its content."""

    __slots__ = ("_at", "_logprobs", "_member", "_prefix", "_said", "_texts", "index", "part", "whole")

    def __init__(self, id: str, index: int) -> None:
        self.index = index
        self.part = -1  # the open part of the answer; -1: none
        self._texts: dict[int, tuple[Extra, Extra]] = {}  # by part: its position, its content block
        self.whole: Extra = {
            "id": id,
            "type": "message",
            "status": "in_progress",
            "role": "assistant",
            "content": [],
        }
        self._at: Extra = {}  # the open content's position
        self._member = ""  # the open content's text member: "text" or "refusal"
        self._prefix = b""
        self._said: list[str] = []
        self._logprobs: list[Any] = []

    def open(self, pen: Pen) -> bytes:
        item = self.whole | {"content": []}
        return pen.event("response.output_item.added", {"output_index": self.index, "item": item})

    def takes(self, delta: TextDelta) -> bool:
        """Whether the delta only needs `grow`."""
        same = delta.part == self.part and self._member == "text"
        return same and bool(delta.text) and not (delta.logprobs or delta.choice)

    def grow(self, pen: Pen, text: str) -> bytes:
        self._said.append(text)
        return pen.delta(self._prefix, text)

    def say(self, pen: Pen, delta: TextDelta) -> bytes:
        out = self._turn(
            pen, delta.part, {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        )
        if delta.logprobs and delta.text:
            logprobs = [_logprob(each) for each in delta.logprobs]
            self._logprobs += logprobs
            self._said.append(delta.text)
            members = {"delta": delta.text, "logprobs": logprobs}
            return out + pen.event("response.output_text.delta", self._at | members)
        return out + self.grow(pen, delta.text) if delta.text else out

    def refuse(self, pen: Pen, delta: RefusalDelta) -> bytes:
        out = self._turn(pen, delta.part, {"type": "refusal", "refusal": ""})
        return out + self.grow(pen, delta.text) if delta.text else out

    def cite(self, pen: Pen, delta: CitationDelta) -> bytes | None:
        """None if the text is in another item; b"" for a citation that cannot be expressed.

        Citations may arrive after the end of their text, as Gemini's do: they then still change its item.
        """
        found = self._texts.get(delta.part)
        if found is None:
            return None
        at, block = found
        length = sum(map(len, self._said)) if delta.part == self.part else len(block["text"])
        annotation = write_citation(delta.citation, length)
        if annotation is None:
            return b""
        annotations = block["annotations"]
        annotations.append(annotation)
        members = {"annotation_index": len(annotations) - 1, "annotation": annotation}
        return pen.event("response.output_text.annotation.added", at | members)

    def close(self, pen: Pen, status: str) -> bytes:
        out = self._stop(pen)
        self.whole["status"] = status
        members = {"output_index": self.index, "item": self.whole}
        return out + pen.event("response.output_item.done", members)

    def _turn(self, pen: Pen, part: int, block: Extra) -> bytes:
        """Begins this part, unless it is already open."""
        member = "refusal" if block["type"] == "refusal" else "text"
        if part == self.part and member == self._member:
            return b""
        out = self._stop(pen)
        content = self.whole["content"]
        self.part, self._member = part, member
        self._at = {
            "item_id": self.whole["id"],
            "output_index": self.index,
            "content_index": len(content),
        }
        if member == "text":
            self._texts[part] = self._at, block
            self._prefix = prefix_of("response.output_text.delta", self._at | {"logprobs": []})
        else:
            self._prefix = prefix_of("response.refusal.delta", self._at)
        content.append(block)
        return out + pen.event("response.content_part.added", self._at | {"part": block})

    def _stop(self, pen: Pen) -> bytes:
        if self.part < 0:
            return b""
        block, said = self.whole["content"][-1], "".join(self._said)
        block[self._member] = said
        if self._member == "text":
            block["logprobs"] = self._logprobs
            members = {"text": said, "logprobs": self._logprobs}
            out = pen.event("response.output_text.done", self._at | members)
        else:
            out = pen.event("response.refusal.done", self._at | {"refusal": said})
        self.part, self._said, self._logprobs = -1, [], []
        return out + pen.event("response.content_part.done", self._at | {"part": block})


def _logprob(found: Extra) -> Extra:
    """Adds the bytes, which are optional in chat completions and required here."""
    alternatives = found.get("top_logprobs")
    written = _with_bytes(found)
    written["top_logprobs"] = [_with_bytes(each) for each in alternatives or () if isinstance(each, dict)]
    return written


def _with_bytes(found: Extra) -> Extra:
    token = str(found.get("token", ""))
    bytes_ = found.get("bytes")
    return {
        "token": token,
        "logprob": found.get("logprob", 0.0),
        "bytes": list(token.encode()) if bytes_ is None else bytes_,
    }


class Call:
    """A function call; its signature travels inside the id that the client sends back."""

    __slots__ = ("_prefix", "_said", "index", "whole")

    def __init__(self, id: str, index: int, begun: ToolStarted) -> None:
        self.index = index
        self.whole: Extra = {
            "id": id,
            "type": "function_call",
            "status": "in_progress",
            "arguments": "",
            "call_id": begun.id if begun.signature is None else pack(begun.id, begun.signature),
            "name": begun.name,
        }
        at = {"item_id": id, "output_index": index}
        self._prefix = prefix_of("response.function_call_arguments.delta", at)
        self._said: list[str] = []

    def open(self, pen: Pen) -> bytes:
        return pen.event("response.output_item.added", {"output_index": self.index, "item": self.whole})

    def grow(self, pen: Pen, text: str) -> bytes:
        if not text:
            return b""
        self._said.append(text)
        return pen.delta(self._prefix, text)

    def close(self, pen: Pen, status: str) -> bytes:
        arguments = self.whole["arguments"] = "".join(self._said)
        self.whole["status"] = status
        at = {"item_id": self.whole["id"], "output_index": self.index}
        named = {"name": self.whole["name"], "arguments": arguments}
        return pen.event("response.function_call_arguments.done", at | named) + pen.event(
            "response.output_item.done", {"output_index": self.index, "item": self.whole}
        )


class Thought:
    """A reasoning item, with the thinking as a summary of one part."""

    __slots__ = ("_at", "_prefix", "_said", "_sealed", "index", "part", "whole")

    def __init__(self, id: str, index: int, part: int, redacted: RedactedThinking | None = None) -> None:
        self.index = index
        self.part = part
        self.whole: Extra = {"id": id, "type": "reasoning", "summary": []}
        self._at = {"item_id": id, "output_index": index, "summary_index": 0}
        self._prefix = prefix_of("response.reasoning_summary_text.delta", self._at)
        self._said: list[str] = []
        self._sealed: Thinking | RedactedThinking = Thinking("") if redacted is None else redacted

    def open(self, pen: Pen) -> bytes:
        return pen.event("response.output_item.added", {"output_index": self.index, "item": self.whole})

    def think(self, pen: Pen, delta: ThinkingDelta) -> bytes:
        known = self._sealed
        if isinstance(known, Thinking) and (delta.origin or delta.signature is not None):
            signed = None if delta.signature is None else (known.signature or "") + delta.signature
            self._sealed = Thinking("", signed or known.signature, delta.origin or known.origin)
        if not delta.text:
            return b""
        out = b""
        if not self._said:
            part = {"type": "summary_text", "text": ""}
            out = pen.event("response.reasoning_summary_part.added", self._at | {"part": part})
        self._said.append(delta.text)
        return out + pen.delta(self._prefix, delta.text)

    def close(self, pen: Pen, status: str) -> bytes:
        out = b""
        if self._said:
            text = "".join(self._said)
            part = {"type": "summary_text", "text": text}
            self.whole["summary"] = [part]
            out = pen.event("response.reasoning_summary_text.done", self._at | {"text": text})
            out += pen.event("response.reasoning_summary_part.done", self._at | {"part": part})
        sealed = carried(self._sealed)
        if sealed is not None:
            self.whole["encrypted_content"] = sealed
        members = {"output_index": self.index, "item": self.whole}
        return out + pen.event("response.output_item.done", members)


class Custom:
    """A call of a free-text tool, whose input is streamed."""

    __slots__ = ("_prefix", "_said", "index", "whole")

    def __init__(self, id: str, index: int, call: Extra) -> None:
        self.index = index
        self.whole: Extra = {**call, "id": id, "status": "in_progress", "input": ""}
        self._prefix = prefix_of(
            "response.custom_tool_call_input.delta", {"item_id": id, "output_index": index}
        )
        self._said: list[str] = []

    def open(self, pen: Pen) -> bytes:
        return pen.event("response.output_item.added", {"output_index": self.index, "item": {**self.whole}})

    def grow(self, pen: Pen, text: str) -> bytes:
        self._said.append(text)
        return pen.delta(self._prefix, text)

    def close(self, pen: Pen, status: str) -> bytes:
        self.whole |= {"status": status, "input": "".join(self._said)}
        at = {"item_id": self.whole["id"], "output_index": self.index}
        out = pen.event("response.custom_tool_call_input.done", at | {"input": self.whole["input"]})
        return out + pen.event("response.output_item.done", {"output_index": self.index, "item": self.whole})


class Whole:
    """An item that arrives whole."""

    __slots__ = ("index", "whole")

    def __init__(self, whole: Extra, index: int) -> None:
        self.index = index
        self.whole = whole

    def open(self, pen: Pen) -> bytes:
        return pen.event("response.output_item.added", {"output_index": self.index, "item": self.whole})

    def close(self, pen: Pen, status: str) -> bytes:
        return pen.event("response.output_item.done", {"output_index": self.index, "item": self.whole})
