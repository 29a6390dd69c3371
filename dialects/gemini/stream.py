"""Reads Gemini's streamed answers: each chunk is itself an answer, with new parts."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from dialects import sse
from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Part, Text, Thinking, ToolCall
from dialects.errors import Malformed, VendorError
from dialects.gemini.answer import blocked, minted_id, read_finish, read_logprobs, read_time
from dialects.gemini.citations import place, queries, read_citations
from dialects.gemini.errors import of_error
from dialects.gemini.members import object_in, objects_in
from dialects.gemini.partial_calls import PartialCall, call_in, goes_on, is_piece
from dialects.gemini.parts import arguments_text, read_part
from dialects.gemini.signatures import ORIGIN
from dialects.gemini.usage import UsageWire, loose_usage, read_usage, tier_of
from dialects.openai.common import read_halves, read_vendor_error
from dialects.usage import Searches, Usage

MALFORMED = "malformed_event"


class _Part(msgspec.Struct, frozen=True, gc=False):
    text: str | None = None
    thought: bool | None = None
    thoughtSignature: str | None = None


class _Content(msgspec.Struct, frozen=True, gc=False):
    parts: list[_Part] | None = None


class _Candidate(msgspec.Struct, frozen=True, gc=False):
    content: _Content | None = None
    finishReason: str | None = None
    index: int = 0
    groundingMetadata: Any = None
    citationMetadata: Any = None
    logprobsResult: Any = None


class _Chunk(msgspec.Struct, frozen=True, gc=False):
    candidates: list[_Candidate] | None = None
    usageMetadata: UsageWire | None = None
    modelVersion: str | None = None
    responseId: str | None = None
    createTime: str | None = None
    promptFeedback: Any = None
    error: Any = None


_DECODE = msgspec.json.Decoder(_Chunk).decode
_JOINED = frozenset(["text"])
_UNSPECIFIED = "FINISH_REASON_UNSPECIFIED"


class _Said:
    """The state of one candidate."""

    __slots__ = ("asked", "call", "called", "cited", "finished", "kind", "part", "pieces")

    def __init__(self) -> None:
        self.part = -1
        self.kind = ""  # of the part that may continue: text or thought
        self.pieces: dict[int, list[str]] = {}  # of each text part, to locate citations
        self.cited: set[tuple[object, ...]] = set()  # citations already emitted: some chunks repeat them
        self.asked: set[str] = set()  # search queries made
        self.call: PartialCall | None = None  # its arguments are still incomplete
        self.called = False
        self.finished = False


class GeminiReader:
    """An EventReader; `done` stays False, as the format has no last event."""

    __slots__ = ("_array", "_id", "_said", "_searches", "_started", "_usage", "done")

    def __init__(self, *, array: bool = False) -> None:
        self.done = False
        self._array = array
        self._id = ""
        self._started = False
        self._said: dict[int, _Said] = {}
        self._usage: Usage | None = None
        self._searches: Searches | None = None

    def read(self, event: bytes) -> Sequence[Delta]:
        try:
            chunk = _DECODE(event[6:] if event[:6] == b"data: " else b"")
        except (ValueError, RecursionError):
            return self._read_apart(event)
        return self._read_chunk(chunk, event)

    def _read_apart(self, event: bytes) -> Sequence[Delta]:
        """Read an event that is not simply one line with an answer."""
        data = event.strip(b"[], \r\n\t") if self._array else (sse.data_of(event) or b"").strip()
        if not data or data == b"[DONE]":  # some proxies add it, though the format does not have it
            return ()
        try:
            chunk = _DECODE(data)
        except (ValueError, RecursionError):
            return self._read_any(data)
        if not (self._array or chunk.error) and sse.name_of(event) == b"error":  # how proxies report errors
            return (Failed(read_vendor_error(read_halves(data, frozenset()))),)
        return self._read_chunk(chunk, data)

    def _read_chunk(self, chunk: _Chunk, data: bytes) -> Sequence[Delta]:
        more = self._more(chunk)
        if more is not None:
            return (more, *self._count(chunk.usageMetadata)) if chunk.usageMetadata is not None else (more,)
        if chunk.error is not None or chunk.promptFeedback is not None or not _is_plain(chunk):
            return self._read_any(data.removeprefix(b"data: "))
        out: list[Delta] = []
        if not self._started:
            out.append(self._start(chunk.responseId, chunk.modelVersion, chunk.createTime))
        for candidate in chunk.candidates or ():
            said = self._of(candidate.index)
            content = candidate.content
            for part in (content.parts or ()) if content is not None else ():
                if part.text:
                    out.append(_more(said, candidate.index, part.text, part.thought))
            if candidate.finishReason:
                out.extend(_end(said, candidate.index, candidate.finishReason))
        if chunk.usageMetadata is not None:
            out.extend(self._count(chunk.usageMetadata))
        return out

    def end(self) -> Sequence[Delta]:
        return ()

    def _more(self, chunk: _Chunk) -> Delta | None:
        """The delta of a chunk with only one piece of text or thought, as nearly all are; None for others."""
        candidates = chunk.candidates
        if candidates is None or len(candidates) != 1 or not self._started:
            return None
        candidate = candidates[0]
        content = candidate.content
        parts = content.parts if content is not None else None
        if parts is None or len(parts) != 1 or candidate.index < 0 or candidate.finishReason:
            return None
        if candidate.groundingMetadata or candidate.citationMetadata or candidate.logprobsResult:
            return None
        part = parts[0]
        if not part.text or part.thoughtSignature is not None:
            return None
        if chunk.error is not None or chunk.promptFeedback is not None:
            return None
        return _more(self._of(candidate.index), candidate.index, part.text, part.thought)

    def _start(self, id: Any, model: Any, created: Any) -> Started:
        self._started = True
        self._id = id if isinstance(id, str) else ""
        return Started(self._id, model if isinstance(model, str) else "", read_time(created))

    def _of(self, index: int) -> _Said:
        said = self._said.get(index)
        if said is None:
            said = self._said[index] = _Said()
        return said

    def _count(self, wire: UsageWire) -> Sequence[Delta]:
        usage = read_usage(wire)
        if usage is None or usage == self._usage:
            return ()
        self._usage = usage
        tier = tier_of(wire) if wire.trafficType is not None else None
        return (Counted(usage, tier=tier, searches=self._searches),)

    def _read_any(self, data: bytes) -> Sequence[Delta]:
        """Read a chunk with any content."""
        found = read_halves(data, _JOINED)
        if isinstance(found, list) and found:
            found = found[0]
        if not isinstance(found, dict):
            return (_failed("an event that is not a JSON object"),)
        error = found.get("error")
        if error:
            return (Failed(of_error(error if isinstance(error, dict) else {"message": error})),)
        try:
            return self._chunk(found)
        except Malformed as broken:
            return (_failed(broken.message),)

    def _chunk(self, found: dict[str, Any]) -> list[Delta]:
        out: list[Delta] = []
        if not self._started:
            out.append(
                self._start(found.get("responseId"), found.get("modelVersion"), found.get("createTime"))
            )
        for number, candidate in enumerate(objects_in(found.get("candidates"), "candidates")):
            out.extend(self._candidate(candidate, f"candidates.{number}"))
        if blocked(found) is not None:
            out.extend(self._stopped())
        before, usage = self._usage, loose_usage(found.get("usageMetadata"))
        searches = Searches.of(sum(len(said.asked) for said in self._said.values()))
        if searches != self._searches:
            self._searches, self._usage = searches, None  # so that the usage is emitted again, with them
        if usage is not None:
            out.extend(self._count(usage))
        if before is not None and self._usage is None:
            self._usage = before
            out.append(Counted(before, searches=searches))
        return out

    def _stopped(self) -> Iterator[Delta]:
        """End all candidates: the vendor blocked the prompt, before or in the middle of the answer."""
        self._of(0)
        for index, said in self._said.items():
            if not said.finished:
                said.finished = True
                yield from _called(said, index)
                yield Finished(Finish("content_filter"), index)

    def _candidate(self, candidate: dict[str, Any], place: str) -> list[Delta]:
        index = candidate.get("index")
        index = index if isinstance(index, int) and not isinstance(index, bool) and index >= 0 else 0
        said = self._of(index)
        out: list[Delta] = []
        tokens = read_logprobs(candidate.get("logprobsResult"))
        content = object_in(candidate.get("content"), f"{place}.content")
        for at, part in enumerate(objects_in(content.get("parts"), f"{place}.content.parts")):
            minted = minted_id(self._id, index, said.part + 1)
            where = f"{place}.content.parts.{at}"
            call = call_in(part)
            if call is not None and (said.call is not None or is_piece(call)):
                out.extend(_piece(said, index, (part, call), (where, minted)))
                continue
            thinks = part.get("thought") is True
            for each in read_part(part, where, minted):
                out.extend(_deltas(said, index, each, thinks))
        for number, delta in enumerate(out):
            if tokens and isinstance(delta, TextDelta):
                out[number] = msgspec.structs.replace(delta, logprobs=tokens)
                break
        if candidate.get("groundingMetadata") or candidate.get("citationMetadata"):
            out.extend(_cites(said, index, candidate))
            said.asked.update(queries(candidate))
        reason = candidate.get("finishReason")
        if isinstance(reason, str) and reason:
            out.extend(_end(said, index, reason))
        return out


def _is_plain(chunk: _Chunk) -> bool:
    """Whether it holds nothing but text and unsigned thoughts."""
    for candidate in chunk.candidates or ():
        if candidate.logprobsResult or candidate.groundingMetadata or candidate.citationMetadata:
            return False
        if candidate.index < 0:
            return False
        content = candidate.content
        if content is not None:
            for part in content.parts or ():
                if part.text is None or part.thoughtSignature is not None:
                    return False
    return True


def _failed(what: str) -> Failed:
    return Failed(VendorError(what, code=MALFORMED))


def _more(said: _Said, index: int, text: str, thought: bool | None) -> Delta:
    kind = "thought" if thought else "text"
    if said.kind != kind:
        said.kind = kind
        said.part += 1
    if thought:
        return ThinkingDelta(text, None, ORIGIN, None, said.part, index)
    pieces = said.pieces.get(said.part)
    if pieces is None:
        pieces = said.pieces[said.part] = []
    pieces.append(text)
    return TextDelta(text, said.part, index)


def _cites(said: _Said, index: int, candidate: dict[str, Any]) -> Iterator[Delta]:
    texts = {number: "".join(pieces) for number, pieces in said.pieces.items()}
    for number, each in place(read_citations(candidate), texts):
        known = (number, each.url, each.title, each.quote, each.start, each.end)
        if known not in said.cited:
            said.cited.add(known)
            yield CitationDelta(each, number, index)


def _end(said: _Said, index: int, reason: str) -> Sequence[Delta]:
    if said.finished or reason == _UNSPECIFIED:
        return ()
    said.finished = True
    return (*_called(said, index), Finished(read_finish(reason, said.called), index))


def _piece(
    said: _Said, index: int, found: tuple[dict[str, Any], dict[str, Any]], at: tuple[str, str]
) -> Iterator[Delta]:
    """A part with a piece of a call, or with the next call after a partial one."""
    (part, call), (place, minted) = found, at
    if call.get("name") or (said.call is None and (not said.called or call.get("partialArgs"))):
        yield from _called(said, index)
        (read,) = read_part(part, place, minted)
        yield _deltas(said, index, read, False)[0]
        said.call = PartialCall(said.part, call.get("args"))
    if said.call is None:
        return  # an end marker for a call that has already ended
    said.call.add(call, f"{place}.functionCall")
    if not goes_on(call):
        yield from _called(said, index)


def _called(said: _Said, index: int) -> Sequence[Delta]:
    """The arguments of the partial call, which ends here."""
    call, said.call = said.call, None
    return () if call is None else (ToolDelta(arguments_text(call.args), call.part, index),)


def _deltas(said: _Said, index: int, part: Part, thinks: bool) -> Sequence[Delta]:
    match part:
        case Text():
            return (_more(said, index, part.text, False),) if part.text else ()
        case Thinking():
            if not part.text and part.signature is None:
                return ()
            if said.kind != "thought" or not thinks:
                said.part += 1
            # A signature completes a thought: the next one is a new part.
            said.kind = "thought" if part.signature is None else ""
            return (ThinkingDelta(part.text, part.signature, part.origin, None, said.part, index),)
    said.part += 1
    said.kind = ""
    if not isinstance(part, ToolCall):
        return (PartDelta(part, said.part, index),)
    said.called = True
    return (
        ToolStarted(part.id, part.name, said.part, index, part.signature),
        ToolDelta(part.arguments, said.part, index),
    )
