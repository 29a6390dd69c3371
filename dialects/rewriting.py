"""Changes the texts of a stream in its caller's format, and nothing else.

Each text of an answer (a choice's content, its thinking, the arguments of one tool call) has an editor of its
own, which may hold back the end of what arrived. What it still holds when the text ends is sent in one more
event like the text's last one, before the event that ends it.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from dialects import json_strings
from dialects.alone import alone
from dialects.dialect import Framing
from dialects.errors import Malformed
from dialects.loosely import read, write
from dialects.moulds import Mould, Piece, number_in, spread
from dialects.repeating import leave_out_probabilities, leave_out_repeated
from dialects.spots import Channel, Json, Spot, Spots
from dialects.stopping import Silence, end_with, renamed
from dialects.wrapping import Wrapping

_MOULDS = 16
_TOGETHER = 64  # events at most that are handled at once: every attempt costs time for all of them
_LEARNT = 4096  # bytes of an event; a longer one is parsed, and seldom followed by a similar one
_UNWRAPPED = (b"", b"")
_UNREAD = "An event of this answer is no JSON: no guard could look at it, and without that none passes."


class Editor(Protocol):
    """Changes one text that arrives in pieces."""

    @property
    def held(self) -> str:
        """The text held back so far."""

    def feed(self, piece: str) -> str:
        """The text that can be sent now."""

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        """Fast path of `feed`: the held text to send now, and how many bytes of the piece's end are held.

        The piece is UTF-8 without escapes. None, with nothing consumed, if only `feed` can decide, or if more
        than the piece's last `most` bytes would be held.
        """

    def flush(self) -> str:
        """The remaining text, when the text has ended."""


class Whole(Protocol):
    """Changes texts that arrive in one piece, wherever they are in an event or an answer."""

    def event(self, document: bytes) -> bytes:
        """The event with its texts replaced, or itself if nothing changes.

        It is JSON, in which pieces of streamed texts are empty.
        """

    @property
    def unsaid(self) -> bool:
        """Whether members that repeat a text, such as log probabilities, must be removed."""

    def untouched(self, event: bytes) -> bool:
        """Whether no part of an event's bytes could need a change, provided that no editor holds text."""

    def quiet(self, event: bytes) -> bool:
        """Whether none of its whole texts could need a change, judged by its bytes."""


def _never() -> bool:
    return False


class _Text:
    """One channel: its editor, and the last event with a piece of it."""

    __slots__ = ("editor", "event", "wrap")

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.event: Json | bytes = {}  # bytes of one or more events: only the last piece may be changed
        self.wrap = _UNWRAPPED


class Rewriting:
    """One stream. Takes bytes split at event boundaries; the last event may lack its end.

    Exceptions end the answer: those of the editors, or Malformed if `strict`.
    """

    def __init__(
        self,
        framing: Framing,
        spots: Spots,
        whole: Whole,
        make: Callable[[Spot], Editor],
        *,
        strict: bool = False,
    ) -> None:
        """`strict`: an event that cannot be parsed raises Malformed instead of passing."""
        self._framing = framing
        self._spots = spots
        self._whole = whole
        self._make = make
        self._strict = strict
        self._word = spots.refusal
        self._silence = Silence()
        self._mould: Mould | None = None
        self._learns = _MOULDS  # the number of event forms that may still be learnt
        self._texts: dict[Channel, _Text] = {}
        self._holding: dict[Channel, _Text] = {}
        self._shift = 0  # events inserted minus events removed, in a format that numbers them
        self._next = 0  # the next event's number
        self._wrapping = Wrapping(framing)

    def feed(self, data: bytes, stopped: Callable[[], bool] = _never) -> bytes:
        """The bytes to pass on.

        Once `stopped`, events carry no more text, and the answer ends with the format's own refusal reason.
        """
        if not self._holding and not self._shift and self._whole.untouched(data):
            return data
        events, rest = self._framing.split(data, 0)
        lacking = self._wrapping.missing(rest) if rest else b""
        if rest:  # no more of it will arrive
            events = [*events, rest + lacking]
        out, at = [], 0
        while at < len(events):
            like = at + self._several(events, at)
            glanced = self.glance(b"".join(events[at:like])) if like > at else None
            pieces = [] if glanced is not None else self._alike(events, at, stopped)
            if glanced is not None:
                out.append(glanced)
                at = like
            elif pieces:
                out.append(self._pieces(events[at : at + len(pieces)], pieces))
                at += len(pieces)
            else:
                out.append(self._event(events[at], stopped))
                at += 1
        said = b"".join(out)
        # The added end stays if a held text will follow in another event.
        return said.removesuffix(lacking) if lacking and not self._holding else said

    def _several(self, events: Sequence[bytes], at: int) -> int:
        """How many of several events carry only pieces of one text; 0 if just one arrived."""
        mould = self._mould
        return 0 if mould is None or len(events) == 1 else mould.count(events[at : at + _TOGETHER])

    def glance(self, data: bytes) -> bytes | None:
        """Fast path of `feed` for events with pieces of one text: the bytes to pass on.

        None, with nothing consumed, if they contain anything else.
        """
        mould, holding = self._mould, self._holding
        if mould is None:
            return None if holding or self._shift or not self._whole.untouched(data) else data
        channel = mould.channel
        if holding and (len(holding) > 1 or channel not in holding):
            return None
        if (mould.numbered and self._shift) or (run := mould.run(data)) is None:
            return None
        start, end, said, last = run
        text = self._texts[channel]
        if (glanced := text.editor.glance(said, last)) is None:
            return None
        before, late = glanced
        if late:
            text.event, text.wrap = data, _UNWRAPPED
            holding[channel] = text
        elif holding:
            del holding[channel]
        if mould.numbered:
            self._next = number_in(data) + 1
        if not before and not late:
            return data
        if before and not before.isalnum():
            before = json_strings.write(before)
        return b"%b%b%b%b" % (data[:start], before, data[start : end - late], data[end:])

    def end(self) -> bytes:
        """Events with all text still held, at the end of the stream."""
        return self._ended([()]) if self._holding else b""

    def _alike(self, events: Sequence[bytes], at: int, stopped: Callable[[], bool]) -> list[Piece]:
        """The pieces of the next events that match the mould."""
        mould, found = self._mould, list[Piece]()
        if mould is None or (mould.numbered and self._shift) or stopped():
            return found
        if self._holding and (len(self._holding) > 1 or mould.channel not in self._holding):
            return found
        while at < len(events) and (piece := mould.piece(events[at])) is not None:
            found.append(piece)
            at += 1
        return found

    def _pieces(self, events: Sequence[bytes], pieces: Sequence[Piece]) -> bytes:
        """Changes the text of such events in one go."""
        assert self._mould is not None
        mould = self._mould
        text = self._texts[mould.channel]
        before = text.editor.held
        said = text.editor.feed("".join([piece.text for piece in pieces]))
        self._held(mould.channel, text, events[-1], _UNWRAPPED)
        if mould.numbered:
            self._next = number_in(events[-1]) + 1
        return spread(said, before, events, pieces)

    def _held(self, channel: Channel, text: _Text, event: Json | bytes, wrap: tuple[bytes, bytes]) -> None:
        """Remembers the event in whose form held text must be sent later."""
        if text.editor.held:
            text.event, text.wrap = event, wrap
            self._holding[channel] = text
        else:
            self._holding.pop(channel, None)

    def _event(self, event: bytes, stopped: Callable[[], bool]) -> bytes:
        head, payload, tail = self._wrapping.parted(event)
        try:
            said = read(payload) if payload else None
        except Malformed:
            return self._unread(event, payload)
        if not isinstance(said, dict):
            return self._unknown(event, said, (head, payload, tail))
        if (opened := self._spots.opened(said)) is not None:
            return self._opened((head, tail), said, opened, stopped)
        repeats = self._whole.unsaid and leave_out_repeated(said)
        spots = self._spots.find(said)
        ended = self._spots.ended(said)
        before = self._ended(ended, [spot.channel for spot in spots])
        changed = self._shifted(said) or repeats
        pieces, edited = [spot.holder[spot.key] for spot in spots], False
        for at, spot in enumerate(spots):
            goes_on = any(spot.channel == each.channel for each in spots[at + 1 :])
            edited |= self._spot(spot, said, (head, tail), () if goes_on else ended)
        if edited:
            leave_out_probabilities(said)  # they repeat the vendor's text
        changed |= edited
        rest = not stopped() and not self._whole.quiet(payload) and self._rest(said, spots)
        changed |= rest
        if stopped():
            return before + self._last(head, said, tail)
        if not rest and len(spots) == 1 and self._wrapping.sse:
            self._learn(event, spots[0], pieces[0], ended)
        return before + (self._wrapping.joined(head, said, tail) if changed else event)

    def _unread(self, event: bytes, payload: bytes) -> bytes:
        """The end marker; any other event that is not JSON passes unless `strict`."""
        if self._wrapping.is_last(event, payload):
            return self.end() + event
        if self._strict:
            raise Malformed(_UNREAD)
        return event

    def _unknown(self, event: bytes, said: Any, parts: tuple[bytes, bytes, bytes]) -> bytes:
        """An event whose data is not an object: no format streams text in one."""
        head, payload, tail = parts
        if not payload:
            return self.end() + event if self._wrapping.is_last(event, payload) else event
        holder = {"": said}
        return self._wrapping.joined(head, holder[""], tail) if self._rest(holder, ()) else event

    def _opened(
        self, wrap: tuple[bytes, bytes], begins: Json, goes_on: Json, stopped: Callable[[], bool]
    ) -> bytes:
        """An event that begins a text, split into that and an event with the text's first piece."""
        head, tail = wrap
        named = head.replace(begins["type"].encode(), goes_on["type"].encode())
        both = [self._wrapping.joined(head, begins, tail), self._wrapping.joined(named, goes_on, tail)]
        return b"".join([self._event(each, stopped) for each in both])

    def _learn(self, event: bytes, spot: Spot, piece: str, ended: Sequence[Channel]) -> None:
        """Remembers the form of an event that carries only a piece, so that the next ones need no parsing."""
        over = any(spot.channel[: len(each)] == each for each in ended)
        if piece and self._learns and not over and len(event) <= _LEARNT:
            self._learns -= 1
            self._mould = Mould.of(event, spot, piece) or self._mould

    def _spot(self, spot: Spot, event: Json, wrap: tuple[bytes, bytes], ended: Sequence[Channel]) -> bool:
        text = self._texts.get(spot.channel)
        if text is None:
            text = self._texts[spot.channel] = _Text(self._make(spot))
        piece = spot.holder[spot.key]
        said = text.editor.feed(piece)
        if any(spot.channel[: len(each)] == each for each in ended):
            said += text.editor.flush()
        self._held(spot.channel, text, event, wrap)
        spot.holder[spot.key] = said
        return bool(said != piece)

    def _ended(self, channels: Sequence[Channel], here: Sequence[Channel] = ()) -> bytes:
        """Events with the held rest of texts that ended; texts with a piece `here` can send it there."""
        if not channels or not self._holding:
            return b""
        out = []
        for channel, text in list(self._holding.items()):
            if channel not in here and any(channel[: len(each)] == each for each in channels):
                del self._holding[channel]
                out.append(self._said(channel, text))
        return b"".join(out)

    def _said(self, channel: Channel, text: _Text) -> bytes:
        left = text.editor.flush()
        if not left:
            return b""
        (head, tail), event = text.wrap, text.event
        if isinstance(event, bytes):
            events, rest = self._framing.split(event, 0)
            head, payload, tail = self._wrapping.parted(rest or events[-1])
            event = read(payload)
        spots = self._spots.find(event)
        spot = [each for each in spots if each.channel == channel][-1]
        event = alone(event, spot, [each for each in spots if each is not spot], left)
        if "sequence_number" in event:
            event["sequence_number"] = self._next
            self._next += 1
            self._shift += 1
        return self._wrapping.another(head, event, tail)

    def _shifted(self, event: Json) -> bool:
        """Renumbers the event if others were inserted or removed before it; returns whether it did."""
        number = event.get("sequence_number")
        if not isinstance(number, int):
            return False
        self._next = number + self._shift + 1
        event["sequence_number"] = number + self._shift
        return self._shift != 0

    def _rest(self, event: Json, spots: Sequence[Spot]) -> bool:
        """Changes whole texts: in events that repeat streamed text, or a call's arguments."""
        changed = self._whole.unsaid and leave_out_probabilities(event)
        pieces = [spot.holder[spot.key] for spot in spots]
        for spot in spots:
            spot.holder[spot.key] = ""
        document = write(event)
        looked_at = self._whole.event(document)
        if looked_at != document:
            event.clear()
            event.update(read(looked_at))
            spots, changed = self._spots.find(event), True
        if len(spots) == len(pieces):  # otherwise a member's name was changed
            for spot, piece in zip(spots, pieces, strict=True):
                spot.holder[spot.key] = piece
        return changed

    def _last(self, head: bytes, said: Json, tail: bytes) -> bytes:
        """What remains of an event once the answer was stopped."""
        if self._silence.event(said):
            end_with(said, self._word)
            return self._wrapping.joined(renamed(head, said), said, tail)
        if isinstance(said.get("sequence_number"), int):
            self._shift -= 1
            self._next -= 1
        return b""
