"""Reading OpenAI's streamed answers, chat and legacy completions alike."""

from typing import Any

import msgspec

from dialects import sse
from dialects.dialect import VendorError
from dialects.openai_common import UsageWire, read_usage, read_vendor_error
from dialects.usage import Usage

MAX_EVENT_BYTES = 16 * 1024 * 1024


# In a union with None, msgspec would take nothing but null for a Raw.
_ABSENT = msgspec.Raw()
_EMPTY = (b"", b"null")


class _Function(msgspec.Struct, frozen=True):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(msgspec.Struct, frozen=True):
    function: _Function | None = None


class _Delta(msgspec.Struct, frozen=True):
    # Mistral's reasoning models stream lists: https://docs.mistral.ai/capabilities/reasoning
    content: str | list[Any] | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[_ToolCall] | None = None
    function_call: _Function | None = None
    audio: msgspec.Raw = _ABSENT


class _Choice(msgspec.Struct, frozen=True):
    index: int = 0
    delta: _Delta | None = None
    text: str | None = None
    finish_reason: str | None = None


class _Groq(msgspec.Struct, frozen=True):
    usage: UsageWire | None = None


class _Event(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None
    usage: UsageWire | None = None
    error: msgspec.Raw = _ABSENT
    # Groq reports a stream's usage here: https://console.groq.com/docs/api-reference
    x_groq: _Groq | None = None


_DECODE = msgspec.json.Decoder(_Event).decode
_LOOSE = msgspec.json.Decoder().decode


class OpenAIStream:
    """A StreamReader for `data: {chunk}` events up to `data: [DONE]`."""

    __slots__ = (
        "_done",
        "_ended",
        "_hide",
        "_highest",
        "_rest",
        "error",
        "finished",
        "started",
        "text_length",
        "usage",
    )

    def __init__(self, *, hide_usage: bool) -> None:
        self.usage: Usage | None = None
        self.error: VendorError | None = None
        self.started = False
        self.finished = False
        self.text_length = 0
        self._hide = hide_usage
        self._rest = b""
        self._done = False
        self._highest = 0  # index of the last choice seen
        self._ended: set[int] = set()

    @property
    def held(self) -> int:
        return len(self._rest)

    def feed(self, data: bytes) -> bytes:
        if self.error is not None:
            return b""
        whole, self._rest = sse.split(self._rest + data if self._rest else data)
        if len(self._rest) > MAX_EVENT_BYTES:
            self.error = VendorError(f"an event of more than {MAX_EVENT_BYTES} bytes", code="malformed_event")
        if not whole:
            return b""
        blocks = sse.events(whole)
        kept = []
        for block in blocks:
            if self._keeps(block):
                kept.append(block)
            elif self.error is not None:
                break
        if len(kept) == len(blocks):
            return whole
        return b"".join([block + b"\n\n" for block in kept])

    def end(self) -> bytes:
        if self._rest.strip():
            tail = self.feed(b"\n\n")  # a last event whose empty line never came
        else:
            tail = b""
        return tail if self._done else tail + b"data: [DONE]\n\n"

    def _keeps(self, block: bytes) -> bool:
        data = sse.data_of(block)
        if data is None:
            return True
        if data[:1] != b"{":
            return self._plain(data)
        try:
            event = _DECODE(data)
        except msgspec.ValidationError:
            return self._odd(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            # A lone surrogate escape is cut in two by some servers; such an event is still an event.
            if b"\\ud" in data.lower():
                self.started = True
                self.text_length += 1
                return True
            self.error = VendorError("an event that is not JSON", code="malformed_event")
            return False
        return self._takes(event)

    def _takes(self, event: _Event) -> bool:
        if event.usage is not None:
            self.usage = read_usage(event.usage)
        elif event.x_groq is not None and event.x_groq.usage is not None:
            self.usage = read_usage(event.x_groq.usage)
        if event.error is not _ABSENT and bytes(event.error) not in _EMPTY:
            self.error = read_vendor_error(_LOOSE(event.error))
            return False
        if not event.choices:
            # Clients that did not ask for usage index choices[0] blindly.
            return not (self._hide and event.choices is not None)
        for choice in event.choices:
            if choice.delta is not None:
                self._measure(choice.delta)
            elif choice.text:
                self.started = True
                self.text_length += len(choice.text)
            if choice.index > self._highest:
                self._highest = choice.index
            if choice.finish_reason:
                self._ends(choice)
        return self.error is None

    def _ends(self, choice: _Choice) -> None:
        if choice.finish_reason == "error":  # OpenRouter and Mistral say so inside a 200
            self.error = VendorError("the vendor ended its answer with an error", code="finish_error")
            return
        self.started = True
        self._ended.add(choice.index)
        self.finished = len(self._ended) > self._highest

    def _measure(self, delta: _Delta) -> None:
        content = delta.content
        length = len(content) if isinstance(content, str) else 4 * len(content) if content else 0
        for text in (delta.reasoning_content or delta.reasoning, delta.refusal):
            if text:
                length += len(text)
        if delta.tool_calls:
            self.started = True
            for call in delta.tool_calls:
                length += len(call.function.arguments or "") if call.function else 0
        if delta.function_call is not None:
            self.started = True
            length += len(delta.function_call.arguments or "")
        if delta.audio is not _ABSENT and bytes(delta.audio) not in _EMPTY:
            self.started = True
        if length:
            self.started = True
            self.text_length += length

    def _plain(self, data: bytes) -> bool:
        if data.strip() == b"[DONE]":
            self._done = self.started = self.finished = True
        elif data.strip():
            self.error = VendorError("an event that is not JSON", code="malformed_event")
            return False
        return True

    def _odd(self, data: bytes) -> bool:
        """An event whose fields have types nobody documented: it passes, and counts as content."""
        event = _LOOSE(data)
        error = event.get("error")
        if error:
            self.error = read_vendor_error(error)
            return False
        for choice in event.get("choices") or ():
            if isinstance(choice, dict) and choice.get("finish_reason"):
                self.finished = True
        self.started = True
        self.text_length += 4
        return True
