"""Guards relayed answers, and restores masked values in them.

This applies to JSON, text, event streams and the lines of files. Audio, images and everything else that is
not text pass unchanged.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import cast

from msgspec import structs

from config.kinds import Operation
from dialects.dialect import Dialect
from dialects.framing import JsonLines
from dialects.openai.common import read_loosely
from gateway.call import Cleared
from gateway.errors import Blocked, GuardFailed, Header, NobodyAnswered, RefusedByVendor, UpstreamError
from gateway.formats import SPOKEN
from gateway.frames import Head, Sink
from gateway.guardrails.guarding import Guarding
from gateway.guardrails.shield import Shield
from gateway.relaying.attempt import RelayAttempt
from gateway.relaying.caller import Caller
from guardrails.guard import AT_ONCE
from guardrails.restoring import Issued

MOST_READ = 32 * 1024 * 1024  # bytes of a list, object, event or line that is read whole
MOST_SHOWN = 128 * 1024 * 1024  # bytes of an answer: ten images in JSON have some fifty million
_WHOLE, _STREAM = Head(b"", whole=True), Head(b"", whole=False)
_JSON, _EVENTS = b"application/json", b"text/event-stream"
# Subtitles have several types.
_TEXTS = (b"text/", b"application/x-subrip", b"application/srt")
_UNREAD = "Guards stand before answers, and none can read one that is encoded."
Watch = Callable[[Cleared, Sink], Sink]
Pieces = AsyncIterator[bytes]


async def show(
    attempt: RelayAttempt, caller: Caller, headers: list[Header], watch: Watch, *, file: bool = False
) -> None:
    """Send the answer to the caller, guarded. `file`: it is a file, which may have JSON on each line.

    Raises UpstreamError unless it ends cleanly, Blocked, and GuardFailed if a guard could not do its work.
    """
    if attempt.cleared.shield is None:
        await attempt.pass_on(caller, headers)
        return
    media = (attempt.response.header(b"content-type") or b"").partition(b";")[0].strip().lower()
    with ended(attempt):
        if attempt.response.header(b"content-encoding") not in (None, b"", b"identity"):
            raise GuardFailed(_UNREAD)
        if file:
            await _flow(_lines(attempt, watch), attempt, caller, headers)
        elif media == _EVENTS:
            await _flow(_events(attempt, watch), attempt, caller, headers)
        elif media == _JSON or media.startswith(_TEXTS):
            data = await looked_at(attempt.cleared, await attempt.whole(MOST_SHOWN), watch)
            told = attempt.answered()
            await caller.begin(attempt.response.status, [*sized(headers, data), *told])
            await caller.end(data)
        else:
            await attempt.pass_on(caller, headers)


@contextmanager
def ended(attempt: RelayAttempt) -> Iterator[None]:
    """Records in the attempt's row that guards blocked its answer, or failed."""
    try:
        yield
    except (Blocked, GuardFailed) as error:
        attempt.settle("blocked" if isinstance(error, Blocked) else "error", error.code)
        raise


@contextmanager
def retelling(guardrails: Guarding, cleared: Cleared) -> Iterator[None]:
    """Rewrites vendors' errors so that the caller may read them."""
    try:
        yield
    except (NobodyAnswered, RefusedByVendor, UpstreamError) as error:
        raise guardrails.retold(cleared, error) from error.__cause__


def sized(headers: list[Header], data: bytes | None) -> list[Header]:
    """The headers with the length of `data` instead of the vendor's; None: the length is unknown."""
    kept = [header for header in headers if header[0] != b"content-length"]
    return kept if data is None else [*kept, (b"content-length", b"%d" % len(data))]


async def looked_at(cleared: Cleared, data: bytes, watch: Watch) -> bytes:
    """A whole answer, or a line of one, as the caller may see it; if it is not JSON, it is read as text."""
    said = read_loosely(data) if len(data) <= AT_ONCE else await asyncio.to_thread(read_loosely, data)
    if said is not None:
        return await _seen(cleared, data, watch)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data  # not text
    seen = await _seen(cleared, json.dumps([text], ensure_ascii=False).encode(), watch)
    return str(json.loads(seen)[0]).encode()


async def _seen(cleared: Cleared, document: bytes, watch: Watch) -> bytes:
    taken, call, shield = Taken(), cleared.call, cleared.shield
    if isinstance(shield, Shield):  # findings in other lines were reported already
        cleared = structs.replace(
            cleared, shield=structs.replace(shield, issued=Issued(shield.issued.values), counts={}, failed=[])
        )
    sink = watch(cleared, taken)
    # Also if values are only restored, which takes as long. An answer that waits for a remote guard is
    # inspected after it.
    ponder: Callable[[bytes], Awaitable[None]] | None = getattr(sink, "ponder", None)
    if ponder is not None:
        await ponder(document)
    sink.begin(_WHOLE, document)
    if call.finish is not None:
        await call.finish()
    sink.end()
    return taken.data


async def _flow(pieces: Pieces, attempt: RelayAttempt, caller: Caller, headers: list[Header]) -> None:
    async for data in pieces:
        if not caller.begun:
            await caller.begin(attempt.response.status, sized(headers, None))
        if data:
            await caller.write(data)
    attempt.answered()
    await caller.end()


async def _lines(attempt: RelayAttempt, watch: Watch) -> Pieces:
    rest = b""
    async for piece in attempt.pieces():
        lines, rest = JsonLines().split(rest + piece, 0)
        for line in lines:
            yield await looked_at(attempt.cleared, line[:-1], watch) + b"\n"
        if len(rest) > MOST_READ:
            raise GuardFailed(f"A line of this file has more than {MOST_READ} bytes: no guard could read it.")
    yield await looked_at(attempt.cleared, rest, watch) if rest else b""


async def _events(attempt: RelayAttempt, watch: Watch) -> Pieces:
    """Transcripts stream in the same kind of events as the Responses API."""
    dialect, taken, rest = cast(Dialect, SPOKEN[Operation.RESPONSES]), Taken(), b""
    call = attempt.cleared.call
    call.dialect = dialect
    sink = watch(_spoken(attempt.cleared, dialect), taken)
    sink.begin(_STREAM, b"")
    async for piece in attempt.pieces():
        events, rest = dialect.framing.split(rest + piece, 0)
        if len(rest) > MOST_READ:
            raise GuardFailed(f"An event of this answer has more than {MOST_READ} bytes.")
        if events:
            sink.write(b"".join(events))
            if sink.paused:
                await sink.drained()
            yield taken.drawn()
    if rest:
        sink.write(rest)
    if call.finish is not None:
        await call.finish()
    sink.end()
    yield taken.drawn()


def _spoken(cleared: Cleared, dialect: Dialect) -> Cleared:
    shield = cleared.shield
    if not isinstance(shield, Shield):
        return cleared
    return structs.replace(cleared, shield=structs.replace(shield, dialect=dialect))


class Taken:
    """A sink that collects the bytes it receives."""

    paused = False

    def __init__(self) -> None:
        self.data = b""

    def drawn(self) -> bytes:
        """The bytes since the last call."""
        data, self.data = self.data, b""
        return data

    def begin(self, head: Head, data: bytes) -> None:
        self.data += data

    def hold(self, head: Head, data: bytes) -> None:
        """Does nothing: there are no keep-alives here."""

    def write(self, data: bytes) -> None:
        self.data += data

    def end(self) -> None:
        """Does nothing: the reader of the bytes ends the answer."""

    async def drained(self) -> None:
        """Returns at once: there is always room."""
