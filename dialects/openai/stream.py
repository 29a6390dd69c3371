"""Observes OpenAI's streamed answers, chat and legacy completions alike."""

from typing import Any

import msgspec

from dialects import sse
from dialects.errors import VendorError
from dialects.openai.common import BROKE_OFF, broken, read_loosely, read_vendor_error
from dialects.openai.mending import Mending
from dialects.openai.text import UNREAD, Delta, ToolCall, is_content, length_of
from dialects.openai.usage import UsageWire, loose_usage, read_usage
from dialects.usage import Searches, Usage

MAX_EVENT_BYTES = 16 * 1024 * 1024
MALFORMED = "malformed_event"

_LF, _CR = b"\n\r"


class _Fragment(ToolCall, frozen=True, gc=False, kw_only=True):
    index: int


class _Delta(Delta, frozen=True, gc=False):
    """A delta as OpenAI's SDKs accept it: any other must be corrected."""

    content: str | None = None
    tool_calls: list[_Fragment] | None = None  # type: ignore[assignment]  # both are read-only


class _Choice(msgspec.Struct, frozen=True, gc=False):
    delta: _Delta | None = None
    finish_reason: str | None = None
    text: str | None = None
    index: int = 0
    error: Any = None
    usage: UsageWire | None = None  # Moonshot's: https://platform.moonshot.ai/docs/api/chat


class _Groq(msgspec.Struct, frozen=True, gc=False):
    usage: UsageWire | None = None
    error: Any = None


class _Event(msgspec.Struct, frozen=True, gc=False):
    choices: list[_Choice] | None = None
    usage: UsageWire | None = None
    error: Any = None
    # Groq reports a stream's usage and error here: https://console.groq.com/docs/api-reference
    x_groq: _Groq | None = None
    service_tier: Any = None


_DECODE = msgspec.json.Decoder(_Event).decode


class OpenAIStream:
    """A StreamReader for `data: {chunk}` events up to `data: [DONE]`."""

    opening: Usage | None = None  # the format reports no usage before the answer
    searches: Searches | None = None  # the format reports no searches

    __slots__ = (
        "_ended",
        "_hide",
        "_index",
        "_mended",
        "_mending",
        "_rest",
        "_seen",
        "complete",
        "done",
        "error",
        "finished",
        "started",
        "text_length",
        "tier",
        "usage",
    )

    def __init__(self, *, hide_usage: bool) -> None:
        self.usage: Usage | None = None
        self.tier: Any = None
        self.error: VendorError | None = None
        self.started = False
        self.finished = False
        self.text_length = 0
        self._hide = hide_usage
        self._rest = b""
        self.complete = False
        self.done = False
        self._index = -1  # of the last choice
        self._mending = Mending()
        self._mended = b""  # the replacement of an event that was corrected
        self._seen: set[int] = set()
        self._ended: set[int] = set()

    @property
    def rest(self) -> bytes:
        return self._rest

    def feed(self, data: bytes) -> bytes:
        # Nearly every network read is one event of one line.
        if (
            data[:7] == b"data: {"
            and data.find(b"\n") == len(data) - 2
            and data[-1] == _LF
            and _CR not in data
            and not self._rest
            and self.error is None
            and not self.done
        ):
            if not self._keeps_object(data[6:]):
                return self._instead()
            return _unasked(data) if self._hide and b'"usage"' in data else data
        return self._feed_any(data)

    def end(self) -> bytes:
        if self.error is not None:
            return b""
        rest = tail = self._rest
        self._rest = b""
        if tail.strip():
            # The last event was not terminated.
            tail += b"\n" if tail.endswith(b"\n") else b"\n\n"
            tail = self._passed(tail)
            if self.error is not None and self.error.code == MALFORMED:
                self.error = VendorError("the stream ended inside an event", code="vendor_cut")
        if not self.finished:
            self._rest = rest
        if self.error is not None or self.done or not self.finished:
            return tail
        return tail + b"data: [DONE]\n\n"

    def _feed_any(self, data: bytes) -> bytes:
        if self.error is not None or self.done:
            return b""
        seen = len(self._rest)
        whole, self._rest = sse.split(self._rest + data, seen)
        passed = self._passed(whole) if whole else b""
        if self.done:
            self._rest = b""
        if self.error is None and len(self._rest) > MAX_EVENT_BYTES:
            self.error = _malformed(f"an event of more than {MAX_EVENT_BYTES} bytes")
        return passed

    def _passed(self, whole: bytes) -> bytes:
        """The bytes to pass on of complete events, up to the first error."""
        blocks, end = sse.lines(whole), b"\n\n"
        if blocks is None:
            blocks, end = sse.events(whole), b""
        kept = []
        for block in blocks:
            if block[:7] == b"data: {" and _LF not in block and _CR not in block:
                keeps = self._keeps_object(block[6:])
            else:
                keeps = self._keeps(block)
            if keeps:
                kept.append(block)
            elif mended := self._instead():
                kept.append(mended.removesuffix(end))
                whole = b""
            if self.done or self.error is not None:
                break  # the rest is not part of the answer
        passed = whole if whole and len(kept) == len(blocks) else b"".join([block + end for block in kept])
        return _unasked(passed) if self._hide and b'"usage"' in passed else passed

    def _instead(self) -> bytes:
        """The replacement of an event that does not pass; b"" if none."""
        mended, self._mended = self._mended, b""
        return mended

    def _keeps(self, block: bytes) -> bool:
        """Reads any event; False if the caller must not get it."""
        data = sse.data_of(block)
        if data is None:
            return True
        data = data.strip()
        if data[:1] == b"{":
            return self._keeps_object(data, sse.name_of(block))
        if data == b"[DONE]":
            if self._seen:
                self.done = self.complete = self.started = self.finished = True
            else:  # as for a whole answer
                self.error = _malformed("an answer without a choice")
        elif data:
            self.error = _malformed("an event that is not a JSON object")
        return self.error is None and bool(data)  # clients would try to parse an empty one as JSON

    def _keeps_object(self, data: bytes, name: bytes = b"", *, mend: bool = True) -> bool:
        try:
            event = _DECODE(data)
        except (ValueError, RecursionError):
            if mend and (right := self._mending.event(data)) is not None:
                self._mended = sse.event(right) if self._keeps_object(right, name, mend=False) else b""
                return False
            found = read_loosely(data)
            if not isinstance(found, dict):
                self.error = _malformed("an event that is not JSON")
                return False
            event = _loose_event(found)
        if event.usage is not None:
            self.usage = read_usage(event.usage) or self.usage
        if event.service_tier is not None:
            self.tier = event.service_tier
        choices = event.choices
        if (not choices or event.error or event.x_groq is not None) and not self._keeps_rare(
            event, data, name
        ):
            return False
        for choice in choices or ():
            if choice.index != self._index:
                self._turns_to(choice.index)
            self._hears(choice)
        return self.error is None

    def _keeps_rare(self, event: _Event, data: bytes, name: bytes) -> bool:
        """Reads an unusual event: an error, usage at another position, or no choices."""
        error, groq = event.error, event.x_groq
        if groq is not None:
            error = error or groq.error
            if groq.usage is not None and event.usage is None:
                self.usage = read_usage(groq.usage) or self.usage
        unknown = event.choices is None and event.usage is None
        if unknown and not error:
            # Some vendors mark errors by the event's name or the object's type instead of an "error" member.
            found = read_loosely(data)
            if isinstance(found, dict) and "error" in (
                name.decode("latin-1"),
                found.get("object"),
                found.get("type"),
            ):
                error = found
        if error:
            self.error = read_vendor_error(error)
            return False
        if event.usage is not None and not event.choices:
            self.complete = self.finished
        # Clients that did not request usage access choices[0] unconditionally.
        return bool(event.choices) or unknown or not self._hide

    def _turns_to(self, index: int) -> None:
        self._index = index
        if index not in self._seen:
            self._seen.add(index)
            self.finished = self.done

    def _hears(self, choice: _Choice) -> None:
        delta = choice.delta
        if delta is not None:
            length = length_of(delta)
            if not length and not self.started:
                self.started = is_content(delta)
        else:
            length = len(choice.text or "")
        if length:
            self.started = True
            self.text_length += length
        reason = choice.finish_reason
        if reason in BROKE_OFF:
            self.error = broken(choice.error)
        elif reason:
            if choice.usage is not None:
                self.usage = read_usage(choice.usage) or self.usage
            self.started = True
            self._ended.add(choice.index)
            self.finished = self.done or len(self._ended) == len(self._seen)


def _unasked(chunks: bytes) -> bytes:
    """Chunks without the null usage that OpenAI adds to each if usage is requested.

    Text cannot contain these bytes, since its quotes are escaped. Allowing for any white space would take
    several times as long as all other processing.
    """
    return chunks.replace(b',"usage":null', b"").replace(b', "usage": null', b"")


def _malformed(what: str) -> VendorError:
    return VendorError(what, code=MALFORMED)


def _loose_event(found: dict[str, Any]) -> _Event:
    """An event whose members may have undocumented types; skips those."""
    groq = found.get("x_groq")
    choices = found.get("choices")
    if choices is not None and not isinstance(choices, list):
        choices = [choices] if choices else []
    return _Event(
        choices=None if choices is None else [_loose_choice(choice) for choice in choices],
        usage=loose_usage(found.get("usage")),
        error=found.get("error"),
        x_groq=_Groq(loose_usage(groq.get("usage")), groq.get("error")) if isinstance(groq, dict) else None,
    )


def _loose_choice(found: Any) -> _Choice:
    try:
        return msgspec.convert(found, _Choice)
    except msgspec.ValidationError:
        pass  # it still passes, and counts as content
    if not isinstance(found, dict):
        return _Choice(text=UNREAD)
    index, reason = found.get("index"), found.get("finish_reason")
    return _Choice(
        text=UNREAD,
        index=index if isinstance(index, int) else 0,
        finish_reason=str(reason) if reason else None,
        error=found.get("error"),
    )
