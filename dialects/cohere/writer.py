"""Writes Cohere's streamed answers: https://docs.cohere.com/docs/streaming."""

from collections.abc import Sequence
from typing import Any

import msgspec

from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Finish,
    Finished,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.cohere.answer import write_logprobs, write_reason, write_tokens
from dialects.cohere.citations import write_citation
from dialects.cohere.content import call_id
from dialects.conversation import Extra
from dialects.dialect import Reply
from dialects.errors import VendorError

_ENCODE = msgspec.json.Encoder().encode
_END = b"}}}}\n\n"
_ARGUMENTS_END = b"}}}}}\n\n"
_Said = TextDelta | RefusalDelta | ThinkingDelta | ToolStarted | ToolDelta | CitationDelta


class CohereWriter:
    """A StreamWriter that has one block open at a time.

    A tool call stays open until the end, because nothing shows that its arguments are complete: deltas of
    other parts wait meanwhile. Text that continues after another part began gets a new block.
    """

    __slots__ = (
        "_begun",
        "_blocks",
        "_counts",
        "_finish",
        "_held",
        "_index",
        "_kind",
        "_open",
        "_prefix",
        "_reply",
        "_counted",
    )

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._begun = False
        self._open = -1  # the part being written
        self._kind = ""  # text, thinking or tool; "" if no part is open
        self._index = 0  # of the open block among its kind
        self._prefix = b""  # the beginning of the open block's deltas
        self._blocks: dict[int, int] = {}  # the content block of each text part
        self._counts = {"content": 0, "tool": 0, "citation": 0}
        self._held: list[_Said] = []
        self._finish = Finish("stop")
        self._counted: Counted | None = None

    def write(self, deltas: Sequence[Delta]) -> bytes:
        out: list[bytes] = []
        for delta in deltas:
            if (
                type(delta) is TextDelta
                and delta.part == self._open
                and self._kind == "text"
                and not delta.logprobs
                and not delta.choice
            ):
                out.append(self._prefix + _ENCODE(delta.text) + _END)
            else:
                self._hear(delta, out)
        return b"".join(out)

    def end(self) -> bytes:
        out: list[bytes] = []
        self._begin(self._reply.id, out)
        self._say_held(out)
        delta: Extra = {"finish_reason": write_reason(self._finish.reason)}
        if self._finish.reason == "content_filter":
            delta["error"] = "The answer was cut off by a content filter."
        counted = self._counted
        if counted is not None:
            delta["usage"] = write_tokens(counted.usage, counted.billed)
        out.append(event("message-end", delta=delta))
        return b"".join(out)

    def _hear(self, delta: Delta, out: list[bytes]) -> None:
        match delta:
            case Started():
                self._begin(delta.id or self._reply.id, out)
                self._counted = Counted(delta.usage) if delta.usage is not None else self._counted
            case Counted():
                self._counted = delta
            case Finished(choice=0):
                self._finish = delta.finish
                self._say_held(out)
            case (
                TextDelta(choice=0)
                | RefusalDelta(choice=0)
                | ThinkingDelta(choice=0)
                | ToolStarted(choice=0)
                | ToolDelta(choice=0)
                | CitationDelta(choice=0)
            ):
                self._begin(self._reply.id, out)
                self._take(delta, out)

    def _begin(self, id: str, out: list[bytes]) -> None:
        if self._begun:
            return
        self._begun = True
        empty = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
        out.append(event("message-start", id=id, delta={"message": empty}))

    def _take(self, delta: _Said, out: list[bytes]) -> None:
        if isinstance(delta, CitationDelta) and delta.part in self._blocks:
            self._cite(delta, out)
        elif self._kind == "tool" and delta.part != self._open:
            self._held.append(delta)
        else:
            self._say(delta, out)

    def _say_held(self, out: list[bytes]) -> None:
        """Write what waited, part after part in the order in which they began, and close the last."""
        parts = list(dict.fromkeys(delta.part for delta in self._held))
        for part in parts:
            for delta in self._held:
                if delta.part == part:
                    self._say(delta, out)
        self._held.clear()
        self._close(out)

    def _say(self, delta: _Said, out: list[bytes]) -> None:
        match delta:
            case TextDelta() | RefusalDelta():
                self._say_text("text", delta, out)
            case ThinkingDelta():
                self._say_text("thinking", delta, out)
            case ToolStarted():
                self._close(out)
                self._start_call(delta, out)
            case ToolDelta() if delta.part == self._open and self._kind == "tool":
                out.append(self._prefix + _ENCODE(delta.arguments) + _ARGUMENTS_END)
            case CitationDelta() if delta.part in self._blocks:
                self._cite(delta, out)

    def _say_text(self, kind: str, delta: TextDelta | RefusalDelta | ThinkingDelta, out: list[bytes]) -> None:
        if not delta.text:
            return  # a signature, which Cohere's thinking does not have
        if delta.part != self._open or self._kind != kind:
            self._close(out)
            self._start_block(kind, delta.part, out)
        if isinstance(delta, TextDelta) and delta.logprobs:
            piece, item = {"content": {"text": delta.text}}, write_logprobs(delta.logprobs, delta.text)
            out.append(event("content-delta", index=self._index, delta={"message": piece}, logprobs=item))
        else:
            out.append(self._prefix + _ENCODE(delta.text) + _END)

    def _start_block(self, kind: str, part: int, out: list[bytes]) -> None:
        self._open, self._kind, self._index = part, kind, self._next("content")
        if kind == "text":
            self._blocks[part] = self._index
        content = {"type": kind, kind: ""}
        out.append(event("content-start", index=self._index, delta={"message": {"content": content}}))
        self._prefix = (
            f'event: content-delta\ndata: {{"type":"content-delta","index":{self._index},'
            f'"delta":{{"message":{{"content":{{"{kind}":'
        ).encode()

    def _start_call(self, call: ToolStarted, out: list[bytes]) -> None:
        self._open, self._kind, self._index = call.part, "tool", self._next("tool")
        said = {"id": call_id(call), "type": "function", "function": {"name": call.name, "arguments": ""}}
        out.append(event("tool-call-start", index=self._index, delta={"message": {"tool_calls": said}}))
        self._prefix = (
            f'event: tool-call-delta\ndata: {{"type":"tool-call-delta","index":{self._index},'
            f'"delta":{{"message":{{"tool_calls":{{"function":{{"arguments":'
        ).encode()

    def _close(self, out: list[bytes]) -> None:
        if self._kind:
            ending = "tool-call-end" if self._kind == "tool" else "content-end"
            out.append(event(ending, index=self._index))
        self._open, self._kind = -1, ""

    def _cite(self, delta: CitationDelta, out: list[bytes]) -> None:
        index = self._next("citation")
        citation = write_citation(delta.citation, self._blocks[delta.part])
        out.append(event("citation-start", index=index, delta={"message": {"citations": citation}}))
        out.append(event("citation-end", index=index))

    def _next(self, kind: str) -> int:
        number = self._counts[kind]
        self._counts[kind] = number + 1
        return number


def write_failure(error: VendorError) -> bytes:
    """The end of a broken stream; the format has no other event for errors."""
    return event("message-end", delta={"error": error.message, "finish_reason": "ERROR"})


def event(name: str, **members: Any) -> bytes:
    data = _ENCODE({"type": name} | members)
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
