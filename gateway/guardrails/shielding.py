"""The output stage: nothing forbidden leaves, and masked values are restored."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from dialects.errors import Malformed
from dialects.rewriting import Editor, Rewriting
from dialects.spots import SPOTS, Spot
from dialects.stopping import ended_early
from gateway.errors import Blocked, GuardFailed
from gateway.frames import Head, Sink
from gateway.guardrails.aside import Aside, Look
from gateway.guardrails.asking import NOBODY_TO_ASK
from gateway.guardrails.shield import Shield
from gateway.guardrails.wholes import Whole
from guardrails.guard import AT_ONCE, Finding, GuardBroken, Lengthy, Span
from guardrails.restoring import Restoring
from guardrails.window import Stopped, Window

_BRIEF = 512  # bytes of a stream that are always inspected in the event loop
_CALM = 16 * 1024  # bytes that are inspected there if a skim finds nothing in them


class Guarded:
    """An editor of one text: a window inspected by the guards, after which masked values are restored."""

    __slots__ = ("_restoring", "_shield", "_window")

    def __init__(self, shield: Shield, *, in_json: bool, called: bool = False) -> None:
        self._shield = shield
        openings = shield.call_openings if called else shield.openings
        assert openings is not None
        inspect = shield.inspect_call if called else shield.inspect
        skim = None if shield.calls else shield.skim
        self._window = Window(inspect, openings, shield.note, in_json=in_json, skim=skim)
        self._restoring = Restoring(shield.issued, in_json=in_json)

    @property
    def held(self) -> str:
        return self._restoring.held + self._window.held

    def feed(self, piece: str) -> str:
        return self._safely(self._window.feed, piece)

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        window = self._window
        if self._restoring.alert or self._shield.stopped is not None:
            return None
        if self._shield.issued.hint(window.pending + piece):
            return None
        return window.glance(piece, most)

    def flush(self) -> str:
        said = self._safely(lambda _: self._window.flush(), "")
        return "" if self._shield.stopped is not None else said + self._restoring.flush()

    def _safely(self, step: Callable[[str], str], piece: str) -> str:
        if self._shield.stopped is not None:
            self._window.drop()
            return ""
        try:
            return self._restoring.feed(step(piece))
        except Stopped as stopped:
            if self._shield.refusal == "error":
                raise
            self._shield.stopped = stopped.finding
            self._window.drop()
            return ""


class Beside(Restoring):
    """An editor of a text without guards, in an answer that may be stopped because of another text."""

    __slots__ = ("_shield",)

    def __init__(self, shield: Shield, *, in_json: bool) -> None:
        super().__init__(shield.issued, in_json=in_json)
        self._shield = shield

    def feed(self, piece: str) -> str:
        return super().feed(piece) if self._shield.stopped is None else ""

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        return super().glance(piece, most) if self._shield.stopped is None else None

    def flush(self) -> str:
        left = super().flush()
        return left if self._shield.stopped is None else ""


class ShieldedSink:
    """Passes the answer on as the caller may see it. Its exceptions end the call."""

    def __init__(self, shield: Shield, caller: Sink, count: Callable[[Shield], None]) -> None:
        self._shield = shield
        self._caller = caller
        self._count = count
        self._whole = Whole(shield)
        self._stream: Rewriting | None = None
        self._counted = False
        self._judged: tuple[bytes | None, bytes] = None, b""  # what was inspected, and the result
        self._pondered: tuple[bytes | None, bytes | Exception] = (None, b"")  # the same, by `ponder`
        self._begun: Rewriting | None = None  # a stream that `foresee` opened
        self._aside = Aside()
        self._late = self._aside.pieces  # of the stream, not passed on yet
        self._head: Head | None = None  # to be passed on with the first of them
        self.hold = caller.hold

    def judge(self, line: object, body: bytes) -> None:
        """Inspects a whole answer before its attempt is recorded: a stopped answer does not count as one."""
        self._judged = body, self._guarded(self._document, body)

    async def ponder(self, body: bytes) -> None:
        """Inspects a whole answer before `judge`, in a thread if that takes long."""
        shield = self._shield
        if shield.finds_nothing(body):
            return
        try:
            out = self._soon(body)
            self._pondered = body, await asyncio.to_thread(self._document, body) if out is None else out
        except (Stopped, GuardBroken) as found:
            self._pondered = body, found

    def _soon(self, body: bytes) -> bytes | None:
        """The inspected answer; None if inspecting it would block the event loop for too long."""
        shield = self._shield
        if len(body) > AT_ONCE:
            return None
        counts = {key: Counter(kinds) for key, kinds in shield.counts.items()}
        failed = len(shield.failed)
        shield.span = Span()
        try:
            return self._document(body)
        except Lengthy:
            shield.counts = counts
            del shield.failed[failed:]
            return None
        finally:
            shield.span = None

    def foresee(self, through: Sink, data: bytes) -> Awaitable[None] | None:
        """Inspects a stream's last bytes before its attempt is recorded.

        `through`: the sink that will get them; if it does not lead here, they are not this answer's. If
        inspecting takes long, the result is to be awaited.
        """
        if through is not self and getattr(through, "sink", None) is not self:
            return None
        look = self._fed
        if self._stream is None:
            self._begun, look = self._opened(), self._begun_with
        if self._late or not self._is_soon(data):
            return self._foreseen(look, data)
        self._judged = data, self._guarded(look, data)
        return None

    async def _foreseen(self, look: Look, data: bytes) -> None:
        await self.finish()
        self._aside.add(look, data)
        self._judged = data, self._guarded(await self._aside.first(), data)

    async def finish(self) -> None:
        """Waits until everything received so far is passed on. Raises Blocked and GuardFailed."""
        while self._late:
            self._give(self._guarded(await self._aside.first(), b""))

    def stop(self, finding: Finding) -> bool:
        """Ends a whole answer early, before it has begun; False if the caller gets an error instead."""
        if self._shield.refusal == "error":
            return False
        self._shield.stopped = finding
        return True

    def begin(self, head: Head, data: bytes) -> None:
        if head.whole:
            judged, out = self._judged
            if judged != data or self._shield.stopped is not None:
                out = self._guarded(self._document, data)
            self._done()  # the caller may be gone after this
            self._caller.begin(head, out)
            return
        judged, out = self._judged
        if self._begun is not None and judged == data:
            self._stream = self._begun
        else:  # another attempt's stream
            self._stream = self._opened()
            if not self._is_soon(data):
                self._head = head
                self._aside.add(self._fed, data)
                return
            out = self._guarded(self._fed, data)
        self._judged = None, b""
        self._caller.begin(head, out)

    def write(self, data: bytes) -> None:
        stream = None if self._late or len(data) > AT_ONCE else self._stream
        judged, out = self._judged
        if judged is data:
            self._judged = None, b""
        elif stream is not None and (glanced := stream.glance(data)) is not None:
            out = glanced
        elif self._late or not self._is_soon(data):
            self._aside.add(self._fed, data)
            return
        else:
            out = self._guarded(self._fed, data)
        if out:
            self._caller.write(out)

    def _give(self, out: bytes) -> None:
        head, self._head = self._head, None
        if head is not None:
            self._caller.begin(head, out)
        elif out:
            self._caller.write(out)

    def _is_soon(self, data: bytes) -> bool:
        """Whether a piece of a stream may be inspected in the event loop: it is short, or clearly clean."""
        self._whole.calm = False
        if len(data) <= _BRIEF or self._whole.untouched(data):
            return True
        skim = self._shield.skim
        if len(data) <= _CALM and skim is not None and b"<" not in data:
            self._whole.calm = skim.seen(data) == ()
        return self._whole.calm

    def end(self) -> None:
        while self._late:  # not awaited by `finish`
            self._give(self._guarded(*self._aside.now()))
        if (stream := self._stream) is not None:
            if last := self._guarded(lambda _: stream.end(), b""):
                self._caller.write(last)
        self._done()
        self._caller.end()

    @property
    def paused(self) -> bool:
        return bool(self._late) or self._caller.paused

    async def drained(self) -> None:
        await self.finish()
        await self._caller.drained()

    def _opened(self) -> Rewriting:
        dialect, guarded = self._shield.dialect, self._shield.guarded
        return Rewriting(dialect.framing, SPOTS[dialect.name], self._whole, self._editor, strict=guarded)

    def _begun_with(self, data: bytes) -> bytes:
        assert self._begun is not None
        return self._begun.feed(data, stopped=self._is_stopped)

    def _fed(self, data: bytes) -> bytes:
        assert self._stream is not None
        return self._stream.feed(data, stopped=self._is_stopped)

    def _is_stopped(self) -> bool:
        return self._shield.stopped is not None

    def _document(self, data: bytes) -> bytes:
        pondered, out = self._pondered
        if pondered is data:
            if isinstance(out, Exception):
                raise out
            return out
        if self._shield.stopped is not None:
            return ended_early(data, SPOTS[self._shield.dialect.name])
        try:
            return self._whole.document(data)
        except Stopped as stopped:
            if self._shield.refusal == "error":
                raise
            self._shield.stopped = stopped.finding
            return ended_early(data, SPOTS[self._shield.dialect.name])

    def _guarded(self, step: Look, data: bytes) -> bytes:
        """The result of a step; exceptions of guards are translated to the caller's errors."""
        try:
            out = step(data)
            if self._shield.stopped is not None:
                self._done()  # before the row is written, which records it
            return out
        except Stopped as stopped:
            self._shield.stopped = stopped.finding
            self._done()
            found = stopped.finding
            raise Blocked(
                f"The guard '{found.guard}' stopped this answer: it contains {found.kind}."
                + (f" {NOBODY_TO_ASK}" if found.action == "ask" else "")
            ) from None
        except GuardBroken as broken:
            self._shield.failed.append((broken.guard, "error"))
            self._done()
            raise GuardFailed(
                f"The guard '{broken.guard}' failed on this answer, and its on_error is to block."
            ) from broken
        except Malformed as broken:
            self._done()
            raise GuardFailed(broken.message) from None

    def _done(self) -> None:
        if not self._counted:
            self._counted = True
            self._count(self._shield)

    def _editor(self, spot: Spot) -> Editor:
        called = bool(self._shield.calls) and spot.called
        if self._shield.posts or called:
            made = self._shield.editor or Guarded
            editor: Editor = made(self._shield, in_json=spot.in_json, called=called)
        else:
            editor = Beside(self._shield, in_json=spot.in_json)
        return self._whole.citing.recorded(spot.channel, editor)
