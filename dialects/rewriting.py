"""Changes the texts of a stream in its caller's format, and nothing else.

Each text of an answer (a choice's words, its thoughts, the arguments of one tool call) has an editor of its
own, which may hold back the end of what came. What it still holds when the text is over is said by one more
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
_TOGETHER = 64  # events at most that are told at one look: each look at many takes time for all of them
_LEARNT = 4096  # bytes of an event; one that is longer is read, and seldom followed by one like it
_UNWRAPPED = (b"", b"")
_UNREAD = "An event of this answer is no JSON: no guard could look at it, and without that none passes."


class Editor(Protocol):
    """Changes one text that comes in pieces."""

    @property
    def held(self) -> str:
        """What is kept back so far."""

    def feed(self, piece: str) -> str:
        """What can be said now."""

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        """At one look: what was held and can be said now, and how many bytes of a piece are held of its end.

        The piece is UTF-8 with nothing escaped; it is fed then. None, and nothing is done, where it has to be
        fed for that to be known, or where more of it than its last `most` bytes would be held.
        """

    def flush(self) -> str:
        """What is left when the text is over."""


class Whole(Protocol):
    """Changes texts that come in one piece, wherever they stand in an event or an answer."""

    def event(self, document: bytes) -> bytes:
        """The same event with what is to be said instead, or itself where nothing changes.

        It is JSON, and the pieces of texts that go on are left out of it.
        """

    @property
    def unsaid(self) -> bool:
        """Whether members are left out that say again, in pieces, what is to be changed."""

    def untouched(self, event: bytes) -> bool:
        """Whether nothing in an event's bytes could need a change, provided that no editor holds anything."""

    def quiet(self, event: bytes) -> bool:
        """Whether none of the texts that come whole in it could need a change; a look at its bytes."""


def _never() -> bool:
    return False


class _Text:
    """One channel: its editor, and the last event that said something in it."""

    __slots__ = ("editor", "event", "wrap")

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.event: Json | bytes = {}  # bytes, of one or several: nothing but the last piece is to be changed
        self.wrap = _UNWRAPPED


class Rewriting:
    """One stream. Takes bytes cut at the ends of events; the last may lack its end.

    What is raised ends the answer: by what changes the texts, or Malformed where nothing may pass unread.
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
        """`strict`: what cannot be read does not pass."""
        self._framing = framing
        self._spots = spots
        self._whole = whole
        self._make = make
        self._strict = strict
        self._word = spots.refusal
        self._silence = Silence()
        self._mould: Mould | None = None
        self._learns = _MOULDS  # so many forms of events are looked for, not more
        self._texts: dict[Channel, _Text] = {}
        self._holding: dict[Channel, _Text] = {}
        self._shift = 0  # events put in, less those left out, in a format that numbers them
        self._next = 0  # the number of the next one
        self._wrapping = Wrapping(framing)

    def feed(self, data: bytes, stopped: Callable[[], bool] = _never) -> bytes:
        """The bytes to pass on.

        Where the answer was stopped, events say nothing more, and its end says so in the format's own word.
        """
        if not self._holding and not self._shift and self._whole.untouched(data):
            return data
        events, rest = self._framing.split(data, 0)
        lacking = self._wrapping.missing(rest) if rest else b""
        if rest:  # whole, too: no more of it comes
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
        # It ends where another event is to follow it.
        return said.removesuffix(lacking) if lacking and not self._holding else said

    def _several(self, events: Sequence[bytes], at: int) -> int:
        """How many events say pieces of one text and nothing else, where more than one came."""
        mould = self._mould
        return 0 if mould is None or len(events) == 1 else mould.count(events[at : at + _TOGETHER])

    def glance(self, data: bytes) -> bytes | None:
        """The bytes to pass on of events that say pieces of one text, at one look; they are fed then.

        None, and nothing is done, where more than that is in them.
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
        """What is still held, at the end of the stream."""
        return self._ended([()]) if self._holding else b""

    def _alike(self, events: Sequence[bytes], at: int, stopped: Callable[[], bool]) -> list[Piece]:
        """What the next events say that are like the last one of their text but for their pieces."""
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
        """Such events, whose text is changed in one go."""
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
        """Remember what has to be said later, and in which form."""
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
            leave_out_probabilities(said)  # they say what the vendor said
        changed |= edited
        rest = not stopped() and not self._whole.quiet(payload) and self._rest(said, spots)
        changed |= rest
        if stopped():
            return before + self._last(head, said, tail)
        if not rest and len(spots) == 1 and self._wrapping.sse:
            self._learn(event, spots[0], pieces[0], ended)
        return before + (self._wrapping.joined(head, said, tail) if changed else event)

    def _unread(self, event: bytes, payload: bytes) -> bytes:
        """The mark of the end; anything else that is no JSON passes where nobody is to look at it."""
        if self._wrapping.is_last(event, payload):
            return self.end() + event
        if self._strict:
            raise Malformed(_UNREAD)
        return event

    def _unknown(self, event: bytes, said: Any, parts: tuple[bytes, bytes, bytes]) -> bytes:
        """An event without an object: no format says anything in it."""
        head, payload, tail = parts
        if not payload:
            return self.end() + event if self._wrapping.is_last(event, payload) else event
        holder = {"": said}
        return self._wrapping.joined(head, holder[""], tail) if self._rest(holder, ()) else event

    def _opened(
        self, wrap: tuple[bytes, bytes], begins: Json, goes_on: Json, stopped: Callable[[], bool]
    ) -> bytes:
        """An event that begins a text, and what it said of it as one of the text's pieces."""
        head, tail = wrap
        named = head.replace(begins["type"].encode(), goes_on["type"].encode())
        both = [self._wrapping.joined(head, begins, tail), self._wrapping.joined(named, goes_on, tail)]
        return b"".join([self._event(each, stopped) for each in both])

    def _learn(self, event: bytes, spot: Spot, piece: str, ended: Sequence[Channel]) -> None:
        """Remember the form of an event that only says a piece, so that the next ones need not be read."""
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
        """Events that say what is held of texts that are over; those with a piece `here` can say it there."""
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
        """Number the event anew, where others were put in before it."""
        number = event.get("sequence_number")
        if not isinstance(number, int):
            return False
        self._next = number + self._shift + 1
        event["sequence_number"] = number + self._shift
        return self._shift != 0

    def _rest(self, event: Json, spots: Sequence[Spot]) -> bool:
        """Texts that come whole: of an event that says again what its pieces said, or a call's arguments."""
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
        if len(spots) == len(pieces):  # else a member's own name was forbidden
            for spot, piece in zip(spots, pieces, strict=True):
                spot.holder[spot.key] = piece
        return changed

    def _last(self, head: bytes, said: Json, tail: bytes) -> bytes:
        """What is left of an event when the answer was stopped."""
        if self._silence.event(said):
            end_with(said, self._word)
            return self._wrapping.joined(renamed(head, said), said, tail)
        if isinstance(said.get("sequence_number"), int):
            self._shift -= 1
            self._next -= 1
        return b""
