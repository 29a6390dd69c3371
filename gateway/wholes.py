"""How the texts of an answer are treated that come whole: in a document, or in one event of a stream."""

import re

from dialects import json_strings
from dialects.positions import Position
from gateway.shield import Shield
from guardrails.bodies import Body, shown
from guardrails.guard import Finding, merged
from guardrails.spoken import MACHINE
from guardrails.window import Stopped

_MACHINE = frozenset(key.decode() for key in MACHINE)
# The end of a piece of JSON in a string that may go on as the escape of a placeholder's bracket.
_HALF = re.compile(rb'\\\\(?:u0{0,2})?"')
_NO_LOGPROBS = b'"logprobs":null'
_SHORT = 5  # characters: no finding of any guard is so short that stands alone in a member


class Whole:
    """How texts are treated that come whole."""

    def __init__(self, shield: Shield) -> None:
        self._shield = shield
        self._issued = shield.issued

    def text(self, key: str, text: str, position: Position) -> str:
        if len(text) > _SHORT and key not in _MACHINE and self._shield.guarded:
            text = self._guarded(text, position)
        if key == "arguments":
            return self._issued.replace_in_json(text) if "<" in text or "\\u003" in text else text
        return self._issued.replace(text) if "<" in text else text

    def untouched(self, event: bytes) -> bool:
        return (
            not self._shield.guarded
            and b"<" not in event
            and b"u003" not in event
            and not (b"\\\\" in event and _HALF.search(event))
        )

    def quiet(self, event: bytes) -> bool:
        skim = self._shield.skim
        if b"<" in event or b"u003" in event or event.count(b"logprobs") != event.count(_NO_LOGPROBS):
            return False
        return not self._shield.guarded if skim is None else skim.seen(event) == ()

    @property
    def unsaid(self) -> frozenset[str]:
        """Members that say the text again in pieces that nobody inspects."""
        return frozenset(["logprobs", "logprobsResult"]) if self._shield.guarded else frozenset()

    def document(self, body: bytes) -> bytes:
        """A whole answer. Raises Stopped, and GuardBroken."""
        if self.untouched(body):
            return body
        if self._shield.guarded:
            body = self._inspected(body)
            if b"<" not in body and b"u003" not in body:
                return body  # nothing in it could be a placeholder
        if b'"arguments"' not in body and b"\\u00" not in body:
            return self._issued.replace_in_document(body)
        edits = []
        for place in json_strings.texts(body):
            if body.find(b"<", place.start, place.end) < 0 and body.find(b"u003", place.start, place.end) < 0:
                continue
            said = json_strings.read(body, place).decode("utf-8", "surrogatepass")
            changed = self._restored(place.key, said)
            if changed != said:
                edits.append((place.start, place.end, json_strings.write(changed.encode())))
        return json_strings.splice(body, edits)

    def _restored(self, key: bytes, text: str) -> str:
        return self._issued.replace_in_json(text) if key == b"arguments" else self._issued.replace(text)

    def _inspected(self, body: bytes) -> bytes:
        skim = self._shield.skim
        seen = None if skim is None else skim.seen(body)
        if seen is not None and not seen:
            return body
        read = Body.of(body)
        found = merged(self._found(read))
        if not found:
            return body
        for each in found:
            self._shield.note(each)
        blocking = next((each for each in found if each.stops), None)
        if blocking is not None:
            raise Stopped(blocking)
        changing = [each for each in found if each.action != "flag"]
        return read.edited(changing, lambda finding, text: f"[{finding.kind}]".encode()) if changing else body

    def _found(self, read: Body) -> list[Finding]:
        shield = self._shield
        called = read.part(lambda position: position == "tool_call") if shield.calls else None
        if called is None:
            return shield.inspect(read.joined)
        found = [called.in_whole(each) for each in shield.inspect_call(called.joined)]
        said = read.part(lambda position: position != "tool_call")
        if said is not None:
            found += [said.in_whole(each) for each in shield.inspect(said.joined)]
        return found

    def _guarded(self, text: str, position: Position) -> str:
        """Of an event that says again what its pieces said: what was found then is not counted again."""
        raw = text.encode("utf-8", "surrogatepass")
        inspect = self._shield.inspect_call if position == "tool_call" else self._shield.inspect
        found = [each for each in merged(inspect(shown(raw))) if each.action != "flag"]
        if not found:
            return text
        blocking = next((each for each in found if each.stops), None)
        if blocking is not None:
            self._shield.note(blocking)
            if self._shield.refusal == "error":
                raise Stopped(blocking)
            self._shield.stopped = self._shield.stopped or blocking
            return ""
        edits = [(each.start, each.end, f"[{each.kind}]".encode()) for each in found]
        return json_strings.splice(raw, edits).decode("utf-8", "surrogatepass")
