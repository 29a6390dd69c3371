"""Writes answers in the format of the Responses API, streamed or whole."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from dialects.answer import (
    Answer,
    CitationDelta,
    Counted,
    Delta,
    Finish,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Image, Inline, Native, RedactedThinking, Text, ToolCall
from dialects.deltas import scatter
from dialects.dialect import Reply
from dialects.openai.responses_blocks import Call, Custom, Item, Message, Pen, Thought, Whole
from dialects.openai.responses_parts import NAME
from dialects.openai.usage import tier_name
from dialects.usage import Usage

_ENCODE = msgspec.json.Encoder().encode

_CUT = {
    "length": "max_output_tokens",
    "context_window": "max_output_tokens",
    "content_filter": "content_filter",
}
_FAILED = {"code": "server_error", "message": "The model's answer ended with an error."}


class ResponsesWriter:
    """A StreamWriter for one response; it collects the output for the last event.

    Tool calls all stay open until the answer ends, since their deltas may interleave.
    """

    __slots__ = (
        "_calls",
        "_created",
        "_finish",
        "_id",
        "_items",
        "_model",
        "_open",
        "_pen",
        "_reply",
        "_tier",
        "_usage",
    )

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._id, self._model, self._created = f"resp_{reply.id}", reply.model, reply.created
        self._pen = Pen()
        self._items: list[Item] = []
        self._open: Message | Thought | None = None  # the open item other than calls
        self._calls: dict[int, Call | Custom] = {}  # by part
        self._finish: Finish | None = None
        self._usage: Usage | None = None
        self._tier: Any = None

    def write(self, deltas: Sequence[Delta]) -> bytes:
        out: list[bytes] = []
        for delta in deltas:
            growing = self._open
            if type(delta) is TextDelta and type(growing) is Message and growing.takes(delta):
                out.append(growing.grow(self._pen, delta.text))
            else:
                out.append(self._write(delta))
        return b"".join(out)

    def end(self) -> bytes:
        """The last event, with the whole response; usage may have arrived after the finish."""
        out = self._begun() + self._close(Finish("stop") if self._finish is None else self._finish)
        response = self.response()
        return out + self._pen.event(f"response.{response['status']}", {"response": response})

    def response(self) -> dict[str, Any]:
        """The response object for the answer so far."""
        finish = self._finish
        status = "in_progress" if finish is None else "completed"
        cut = _CUT.get(finish.reason) if finish is not None else None
        if cut is not None:
            status = "incomplete"
        failed = finish is not None and finish.reason == "error"
        tier = {} if self._tier is None else {"service_tier": tier_name(self._tier)}
        return tier | {
            "id": self._id,
            "object": "response",
            "created_at": self._created,
            "status": "failed" if failed else status,
            "error": _FAILED if failed else None,
            "incomplete_details": None if cut is None else {"reason": cut},
            "instructions": None,
            "max_output_tokens": None,
            "model": self._model,
            "output": [item.whole for item in self._items],
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "reasoning": {"effort": None, "summary": None},
            "store": False,
            "temperature": None,
            "text": {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": [],
            "top_p": None,
            "truncation": "disabled",
            "usage": None if self._usage is None else _write_usage(self._usage),
            "metadata": {},
        }

    def _write(self, delta: Delta) -> bytes:
        if getattr(delta, "choice", 0):
            return b""  # a response has a single choice
        kind = type(delta)
        if kind is Started:
            return self._starts(delta)  # type: ignore[arg-type]
        if kind is Counted:
            self._usage, self._tier = delta.usage, delta.tier  # type: ignore[union-attr]
            return b""
        write = _WRITERS.get(kind)
        return b"" if write is None else self._begun() + write(self, delta)

    def _starts(self, delta: Started) -> bytes:
        self._usage = delta.usage or self._usage
        if self._pen.number:
            return b""
        if delta.id.startswith("resp_"):
            self._id = delta.id
        self._model = delta.model or self._model
        self._created = delta.created or self._created
        return self._begun()

    def _begun(self) -> bytes:
        if self._pen.number:
            return b""
        response = self.response() | {"usage": None}
        pen = self._pen
        return pen.event("response.created", {"response": response}) + pen.event(
            "response.in_progress", {"response": response}
        )

    def _name(self, kind: str, known: object = None) -> str:
        """The id of the next item: its known id, unless another item has it."""
        if isinstance(known, str) and known and all(item.whole["id"] != known for item in self._items):
            return known
        return f"{kind}_{self._reply.id}_{len(self._items)}"

    def _added(self, item: Item) -> bytes:
        self._items.append(item)
        return item.open(self._pen)

    def _shut(self) -> bytes:
        growing, self._open = self._open, None
        return b"" if growing is None else growing.close(self._pen, "completed")

    def _close(self, finish: Finish) -> bytes:
        """Closes the open items, as incomplete if the answer was cut off."""
        self._finish = finish
        status = "incomplete" if finish.reason in _CUT else "completed"
        growing = (*(() if self._open is None else (self._open,)), *self._calls.values())
        self._open, self._calls = None, {}
        return b"".join([each.close(self._pen, status) for each in growing])

    def _message(self) -> tuple[bytes, Message]:
        growing = self._open
        if isinstance(growing, Message):
            return b"", growing
        out = self._shut()
        self._open = message = Message(self._name("msg"), len(self._items))
        return out + self._added(message), message

    def _says(self, delta: TextDelta) -> bytes:
        out, message = self._message()
        return out + message.say(self._pen, delta)

    def _refuses(self, delta: RefusalDelta) -> bytes:
        out, message = self._message()
        return out + message.refuse(self._pen, delta)

    def _cites(self, delta: CitationDelta) -> bytes:
        for item in reversed(self._items):
            if isinstance(item, Message) and (out := item.cite(self._pen, delta)) is not None:
                return out
        return b""

    def _thinks(self, delta: ThinkingDelta) -> bytes:
        growing, out = self._open, b""
        if not isinstance(growing, Thought) or growing.part != delta.part:
            out = self._shut()
            self._open = growing = Thought(self._name("rs", delta.id), len(self._items), delta.part)
            out += self._added(growing)
        return out + growing.think(self._pen, delta)

    def _calls_tool(self, delta: ToolStarted) -> bytes:
        out, before = self._shut(), self._calls.pop(delta.part, None)
        if before is not None:
            out += before.close(self._pen, "completed")
        self._calls[delta.part] = call = Call(self._name("fc"), len(self._items), delta)
        return out + self._added(call)

    def _argues(self, delta: ToolDelta) -> bytes:
        call = self._calls.get(delta.part)
        return b"" if call is None else call.grow(self._pen, delta.arguments)

    def _shows(self, delta: PartDelta) -> bytes:
        """Writes a part that arrives whole, if there is an item type for it."""
        match delta.value:
            case Native(dialect=dialect, value=value) if dialect == NAME and value.get("input") == "":
                out, at = self._shut(), len(self._items)
                self._calls[delta.part] = call = Custom(self._name("ctc", value.get("id")), at, value)
                return out + self._added(call)
            case Native(dialect=dialect, value=value) if dialect == NAME:
                item = Whole(value | {"id": self._name("item", value.get("id"))}, len(self._items))
            case Image(source=Inline(data=data)):
                image = {"type": "image_generation_call", "status": "completed", "result": data}
                item = Whole({"id": self._name("ig")} | image, len(self._items))
            case RedactedThinking() as thought:
                redacted = Thought(self._name("rs"), len(self._items), delta.part, thought)
                return self._shut() + self._added(redacted) + redacted.close(self._pen, "completed")
            case Text(text=text, citations=citations):
                cited = (self._cites(CitationDelta(each, delta.part)) for each in citations)
                return self._says(TextDelta(text, delta.part)) + b"".join(cited)
            case ToolCall(id=id, name=name, arguments=arguments, signature=signature):
                begun = self._calls_tool(ToolStarted(id, name, delta.part, 0, signature))
                return begun + self._argues(ToolDelta(arguments, delta.part))
            case _:
                return b""
        return self._shut() + self._added(item) + item.close(self._pen, "completed")

    def _finishes(self, delta: Finished) -> bytes:
        return self._close(delta.finish)


_WRITERS: dict[type, Callable[[ResponsesWriter, Any], bytes]] = {
    TextDelta: ResponsesWriter._says,
    RefusalDelta: ResponsesWriter._refuses,
    CitationDelta: ResponsesWriter._cites,
    ThinkingDelta: ResponsesWriter._thinks,
    ToolStarted: ResponsesWriter._calls_tool,
    ToolDelta: ResponsesWriter._argues,
    PartDelta: ResponsesWriter._shows,
    Finished: ResponsesWriter._finishes,
}


def write_answer(answer: Answer, reply: Reply) -> bytes:
    """The response object with which a stream of the same answer would end."""
    writer = ResponsesWriter(reply)
    writer.write(list(scatter(answer)))
    response = writer.response()
    if answer.service_tier is not None:
        response["service_tier"] = tier_name(answer.service_tier)
    return _ENCODE(response)


def _write_usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cached_read, "cache_write_tokens": usage.cache_write},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }
