"""Reads a vendor's streamed answer, chat or legacy completion, into deltas."""

from collections.abc import Sequence

from dialects import sse
from dialects.answer import Counted, Delta, Failed, Started
from dialects.errors import VendorError
from dialects.openai.chat_events import (
    UNSAID,
    Choice,
    Event,
    decode,
    event_of,
    read_object,
    second_of,
    told_by,
)
from dialects.openai.chat_voice import Voice
from dialects.openai.common import read_loosely, read_vendor_error
from dialects.openai.stream import MALFORMED
from dialects.openai.usage import read_usage


class ChatReader:
    """An EventReader for `data: {chunk}` up to `data: [DONE]`."""

    __slots__ = ("_broken", "_started", "_voices", "done")

    def __init__(self) -> None:
        self.done = False
        self._started = False
        self._broken = False
        self._voices: dict[int, Voice] = {}

    def read(self, event: bytes) -> Sequence[Delta]:
        if self.done or self._broken:
            return ()
        try:
            found = decode(event[6:] if event[:6] == b"data: " else b"")
        except (ValueError, RecursionError):
            return self._read_any(event)
        choices = found.choices
        if choices and not found.error and found.x_groq is None:
            if len(choices) == 1 and found.usage is None and found.citations is None:
                voice = self._voices.get(choices[0].index or 0)
                more = voice.more(choices[0]) if voice is not None else None
                if more is not None:
                    return (more,)
            return self._hear(found)
        return self._read_rare(found, event[6:])

    def end(self) -> Sequence[Delta]:
        return ()

    def _read_any(self, event: bytes) -> Sequence[Delta]:
        """Reads an event that has several lines or undocumented types."""
        data = sse.data_of(event)
        data = data.strip() if data is not None else b""
        if data == b"[DONE]":
            self.done = True
            return self._unsaid()
        if not data:
            return ()
        found = read_object(data, event=True)
        if found is None:
            return self._fail(VendorError("an event that is not a JSON object", code=MALFORMED))
        if sse.name_of(event) == b"error":
            return self._fail(read_vendor_error(found))
        return self._read_rare(event_of(found), data, odd=True)

    def _read_rare(self, found: Event, data: bytes, *, odd: bool = False) -> Sequence[Delta]:
        """Reads an unusual event: an error, usage at another position, or no choices."""
        groq = found.x_groq
        error = found.error or (groq.error if groq is not None else None)
        if error:
            return self._fail(read_vendor_error(error))
        if found.choices is None and "error" in (found.object, found.type):
            return self._fail(read_vendor_error(read_loosely(data)))
        deltas = self._hear(found, odd=odd)
        if groq is not None and groq.usage is not None and found.usage is None:
            usage = read_usage(groq.usage)
            return deltas if usage is None else [*deltas, Counted(usage, tier=found.service_tier)]
        return deltas

    def _hear(self, found: Event, *, odd: bool = False) -> Sequence[Delta]:
        out: list[Delta] = []
        for choice in found.choices or ():
            index = choice.index or 0
            voice = self._voices.get(index)
            if voice is None:
                voice = self._voices[index] = Voice(index)
                if not self._started:
                    self._started = True
                    out.append(Started(found.id or "", found.model or "", second_of(found.created)))
            if found.citations:
                voice.note_citations(found.citations)
            voice.hear(choice, out, odd=odd)
            if out and type(out[-1]) is Failed:
                self._broken = True
                break
        told = found.usage if found.usage is not None else told_by(found.choices)
        usage = read_usage(told) if told is not None else None
        if usage is not None:
            # Failed must be last, even if usage came with it.
            out.insert(len(out) - self._broken, Counted(usage, tier=found.service_tier))
        return out

    def _unsaid(self) -> Sequence[Delta]:
        """Finishes the choices for which the vendor sent no finish reason before the stream's end."""
        out: list[Delta] = []
        for voice in self._voices.values():
            voice.hear(Choice(finish_reason=UNSAID), out)
        return out

    def _fail(self, error: VendorError) -> Sequence[Delta]:
        self._broken = True
        return [Failed(error)]
