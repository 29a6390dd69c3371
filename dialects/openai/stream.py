"""Reading OpenAI's streamed answers, chat and legacy completions alike."""

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
    """As OpenAI's SDKs take it: any other is put right."""

    content: str | None = None
    tool_calls: list[_Fragment] | None = None  # type: ignore[assignment]  # nobody writes to either


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
    # Groq reports a stream's usage and its failure here: https://console.groq.com/docs/api-reference
    x_groq: _Groq | None = None
    service_tier: Any = None


_DECODE = msgspec.json.Decoder(_Event).decode


class OpenAIStream:
    """A StreamReader for `data: {chunk}` events up to `data: [DONE]`."""

    opening: Usage | None = None  # nothing is counted before the answer
    searches: Searches | None = None  # nor are searches in the format

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
        self._index = -1  # of the choice seen last
        self._mending = Mending()
        self._mended = b""  # what passes instead of an event that was wrong
        self._seen: set[int] = set()
        self._ended: set[int] = set()

    @property
    def rest(self) -> bytes:
        return self._rest

    def feed(self, data: bytes) -> bytes:
        # Nearly every read of the network is one event of one line.
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
            # A last event whose empty line never came.
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
        """What passes of whole events, up to the first that is an error."""
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
                break  # what still comes is no part of the answer
        passed = whole if whole and len(kept) == len(blocks) else b"".join([block + end for block in kept])
        return _unasked(passed) if self._hide and b'"usage"' in passed else passed

    def _instead(self) -> bytes:
        """What passes of an event that does not."""
        mended, self._mended = self._mended, b""
        return mended

    def _keeps(self, block: bytes) -> bool:
        """Read any event; False for one that the caller does not get."""
        data = sse.data_of(block)
        if data is None:
            return True
        data = data.strip()
        if data[:1] == b"{":
            return self._keeps_object(data, sse.name_of(block))
        if data == b"[DONE]":
            if self._seen:
                self.done = self.complete = self.started = self.finished = True
            else:  # the same as for a whole answer
                self.error = _malformed("an answer without a choice")
        elif data:
            self.error = _malformed("an event that is not a JSON object")
        return self.error is None and bool(data)  # clients would look for JSON in an empty one

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
        """Look at what an ordinary event has not: an error, another place of usage, no choices."""
        error, groq = event.error, event.x_groq
        if groq is not None:
            error = error or groq.error
            if groq.usage is not None and event.usage is None:
                self.usage = read_usage(groq.usage) or self.usage
        unknown = event.choices is None and event.usage is None
        if unknown and not error:
            # Some say by the event's name or in an object's type what others put under "error".
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
        # Clients that did not ask for usage index choices[0] blindly.
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
    """Chunks without what OpenAI adds to each of a stream that is asked for its usage.

    No text holds such bytes, since its quotation marks are escaped; a search for any white space would take
    several times as long as all the rest.
    """
    return chunks.replace(b',"usage":null', b"").replace(b', "usage": null', b"")


def _malformed(what: str) -> VendorError:
    return VendorError(what, code=MALFORMED)


def _loose_event(found: dict[str, Any]) -> _Event:
    """An event whose fields have types nobody documented, read as far as it goes."""
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
        pass  # it passes, and counts as content
    if not isinstance(found, dict):
        return _Choice(text=UNREAD)
    index, reason = found.get("index"), found.get("finish_reason")
    return _Choice(
        text=UNREAD,
        index=index if isinstance(index, int) else 0,
        finish_reason=str(reason) if reason else None,
        error=found.get("error"),
    )
