"""Writes Gemini's streamed answers, as server-sent events or as a growing JSON array."""

from collections.abc import Sequence
from typing import Any

import msgspec

from dialects.answer import (
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
from dialects.conversation import Citation, Thinking, ToolCall
from dialects.dialect import Reply
from dialects.gemini.answer import write_finish, write_logprobs
from dialects.gemini.citations import write_citations
from dialects.gemini.members import encoded
from dialects.gemini.parts import write_call, write_parts, write_thought
from dialects.gemini.usage import write_usage
from dialects.usage import Usage

_replace = msgspec.structs.replace


class GeminiWriter:
    """A StreamWriter: a chunk per piece, function calls in one chunk, the finish reason and usage last."""

    __slots__ = (
        "_array",
        "_calls",
        "_cited",
        "_first",
        "_id",
        "_model",
        "_tails",
        "_texts",
        "_ends",
        "_usage",
    )

    def __init__(self, reply: Reply, *, array: bool = False) -> None:
        self._array = array
        self._first = True
        self._id = reply.id
        self._model = reply.model
        self._tails: dict[int, tuple[bytes, bytes]] = {}  # ends of text and thought chunks, by choice
        self._calls: dict[int, dict[int, ToolCall]] = {}
        self._cited: dict[int, list[tuple[int, Citation]]] = {}  # by choice, with their part numbers
        self._texts: dict[int, dict[int, list[str]]] = {}  # by choice and part, for citations' byte offsets
        self._ends: dict[int, Finish] = {}
        self._usage: Usage | None = None

    def write(self, deltas: Sequence[Delta]) -> bytes:
        out: list[bytes] = []
        for delta in deltas:
            kind = type(delta)
            if kind is TextDelta:
                self._says(delta)  # type: ignore[arg-type]
            if kind is TextDelta and not self._calls and not delta.logprobs:  # type: ignore[union-attr]
                out.append(self._plain(delta.text, delta.choice, 0))  # type: ignore[union-attr]
            elif kind is ThinkingDelta and not self._calls and delta.signature is None:  # type: ignore[union-attr]
                out.append(self._plain(delta.text, delta.choice, 1))  # type: ignore[union-attr]
            else:
                out.append(self._rare(delta))
        return b"".join(out)

    def end(self) -> bytes:
        out = b"".join([self._called(choice) for choice in list(self._calls)])
        candidates: list[dict[str, Any]] = [
            {
                # As Gemini itself ends: its SDK's chats discard an answer if any chunk has no parts.
                "content": {"role": "model", "parts": [{"text": ""}]},
                "finishReason": write_finish(finish),
                "index": choice,
                **self._citing(choice),
            }
            for choice, finish in sorted(self._ends.items())
        ]
        if candidates or self._usage is not None:
            chunk: dict[str, Any] = {"candidates": candidates} if candidates else {}
            if self._usage is not None:
                chunk["usageMetadata"] = write_usage(self._usage)
            out += self._chunk(chunk)
        if self._array:
            out += b"[]" if self._first else b"\n]"
        return out

    def _citing(self, choice: int) -> dict[str, Any]:
        pieces = self._texts.get(choice, {})
        texts = {number: "".join(said) for number, said in pieces.items()}
        return write_citations(self._cited.get(choice, ()), texts)

    def _says(self, delta: TextDelta) -> None:
        """Keep a text for the offsets of citations."""
        texts = self._texts.get(delta.choice)
        if texts is None:
            texts = self._texts[delta.choice] = {}
        pieces = texts.get(delta.part)
        if pieces is None:
            pieces = texts[delta.part] = []
        pieces.append(delta.text)

    def _plain(self, text: str, choice: int, which: int) -> bytes:
        if not text:
            return b""
        tails = self._tails.get(choice) or self._tails_of(choice)
        return b'%b{"candidates":[{"content":{"parts":[{"text":%b%b' % (
            self._head(),
            encoded(text),
            tails[which],
        )

    def _tails_of(self, choice: int) -> tuple[bytes, bytes]:
        named = encoded({"modelVersion": self._model, "responseId": self._id})[1:]
        close = b'}],"role":"model"},"index":%d}],%b%b' % (choice, named, self._foot())
        tails = self._tails[choice] = (close, b',"thought":true' + close)
        return tails

    def _head(self) -> bytes:
        if not self._array:
            return b"data: "
        first, self._first = self._first, False
        return b"[" if first else b",\n"

    def _foot(self) -> bytes:
        return b"" if self._array else b"\n\n"

    def _chunk(self, chunk: dict[str, Any]) -> bytes:
        named = {**chunk, "modelVersion": self._model, "responseId": self._id}
        return self._head() + encoded(named) + self._foot()

    def _said(self, choice: int, parts: list[dict[str, Any]], more: dict[str, Any]) -> bytes:
        content = {"parts": parts, "role": "model"}
        return self._chunk({"candidates": [{"content": content, "index": choice, **more}]}) if parts else b""

    def _rare(self, delta: Delta) -> bytes:
        match delta:
            case Started():
                self._id, self._model = delta.id or self._id, delta.model or self._model
                self._usage = delta.usage or self._usage
            case Counted():
                self._usage = delta.usage
            case Finished():
                self._ends[delta.choice] = delta.finish
                return self._called(delta.choice)
            case ToolStarted():
                call = ToolCall(delta.id, delta.name, "", delta.signature)
                self._calls.setdefault(delta.choice, {})[delta.part] = call
                return self._opened()
            case ToolDelta():
                # A call is one part, so it is held back until it must be complete.
                calls = self._calls.get(delta.choice, {})
                call = calls.get(delta.part, ToolCall("", "", ""))
                if call.name:
                    calls[delta.part] = _replace(call, arguments=call.arguments + delta.arguments)
            case CitationDelta():
                self._cited.setdefault(delta.choice, []).append((delta.part, delta.citation))
            case TextDelta() | RefusalDelta() | ThinkingDelta() | PartDelta():
                return self._called(delta.choice) + self._piece(delta) or self._opened()
        return b""

    def _opened(self) -> bytes:
        """An empty first chunk, if an array has none yet: an error event needs an element before it."""
        return self._chunk({}) if self._array and self._first else b""

    def _piece(self, delta: TextDelta | RefusalDelta | ThinkingDelta | PartDelta) -> bytes:
        match delta:
            case TextDelta() if delta.logprobs:
                return self._said(delta.choice, [{"text": delta.text}], write_logprobs(delta.logprobs))
            case TextDelta() | RefusalDelta():
                return self._plain(delta.text, delta.choice, 0)
            case ThinkingDelta():
                if delta.signature is None:
                    return self._plain(delta.text, delta.choice, 1)
                thought = Thinking(delta.text, delta.signature, delta.origin)
                return self._said(delta.choice, [write_thought(thought)], {})
            case PartDelta():
                return self._said(delta.choice, write_parts((delta.value,), {}), {})

    def _called(self, choice: int) -> bytes:
        calls = self._calls.pop(choice, None)
        if not calls:
            return b""
        return self._said(choice, [write_call(call) for _, call in sorted(calls.items())], {})
