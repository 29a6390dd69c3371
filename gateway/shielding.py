"""What an answer passes before its caller sees it: values come back."""

from collections.abc import Callable
from dataclasses import dataclass

from dialects import json_strings
from dialects.dialect import Dialect
from dialects.rewriting import Rewriting
from dialects.spots import SPOTS, Channel
from gateway.frames import Head, Sink
from guardrails.restoring import Issued, Restoring


@dataclass(frozen=True, slots=True)
class Shield:
    """What a request left behind for its answer."""

    dialect: Dialect
    issued: Issued


class Restored:
    """How a text that comes whole is restored."""

    def __init__(self, issued: Issued) -> None:
        self._issued = issued

    def text(self, key: str, text: str) -> str:
        if key == "arguments":
            return self._issued.replace_in_json(text) if "<" in text or "\\u003" in text else text
        return self._issued.replace(text) if "<" in text else text

    def untouched(self, event: bytes) -> bool:
        return b"<" not in event and b"u003" not in event

    def document(self, body: bytes) -> bytes:
        """A whole answer."""
        if self.untouched(body):
            return body
        edits = []
        for place in json_strings.texts(body):
            said = json_strings.read(body, place).decode("utf-8", "surrogatepass")
            changed = self.text(place.key.decode("latin-1"), said)
            if changed is not said and changed != said:
                edits.append((place.start, place.end, json_strings.write(changed.encode())))
        return json_strings.splice(body, edits)


class ShieldedSink:
    """Gives a caller the answer as it may see it."""

    def __init__(self, shield: Shield, caller: Sink, count: Callable[[Issued], None]) -> None:
        self._shield = shield
        self._caller = caller
        self._count = count
        self._whole = Restored(shield.issued)
        self._stream: Rewriting | None = None
        self.hold = caller.hold
        self.drained = caller.drained

    def begin(self, head: Head, data: bytes) -> None:
        if head.whole:
            self._caller.begin(head, self._whole.document(data))
            return
        dialect = self._shield.dialect
        spots = SPOTS[dialect.name]
        self._stream = Rewriting(dialect.framing, spots, self._whole, self._editor)
        self._caller.begin(head, self._stream.feed(data))

    def write(self, data: bytes) -> None:
        assert self._stream is not None
        out = self._stream.feed(data)
        if out:
            self._caller.write(out)

    def end(self) -> None:
        if self._stream is not None and (last := self._stream.end()):
            self._caller.write(last)
        self._count(self._shield.issued)
        self._caller.end()

    @property
    def paused(self) -> bool:
        return self._caller.paused

    def _editor(self, channel: Channel, in_json: bool) -> Restoring:
        return Restoring(self._shield.issued, in_json=in_json)
