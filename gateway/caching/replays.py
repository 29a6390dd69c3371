"""Returns a stored answer to a caller, and writes its ledger row."""

from typing import cast

import msgspec

from caching.echoes import REPEATING, echoed, own
from caching.kept import Kept, unfit
from caching.replaying import is_literal, is_plain, read
from dialects.embedding import EmbeddingDialect
from dialects.errors import Malformed
from dialects.retelling import Told, said_again
from dialects.usage import Usage
from gateway.answered import reply_to
from gateway.books import Books
from gateway.caching.sought import Sought
from gateway.call import Call
from gateway.formats import SPOKEN, dialect_of
from gateway.frames import STREAM, Head, Sink
from ledger.row import NanoDollars, UsageRow

_ENCODE = msgspec.json.Encoder().encode
_NOTHING = Usage()
_WHOLE = b"content-type: application/json\r\n"
_TOLD = b"%b%bx-signalbox-attempts: 0\r\nx-signalbox-cache: %b\r\nage: %d\r\n"
_SAVED = b"%bx-signalbox-cost: 0.000000000\r\nx-signalbox-saved: %d.%09d\r\n"
_NANO = 1_000_000_000


class Replays:
    """Each answer served here leaves one ledger row, with cost 0 and the amount saved."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def say(self, sought: Sought, kept: Kept) -> tuple[bytes, Kept] | None:
        """The answer's bytes in this caller's form, and the entry marked fit. None: it must not be served."""
        dialect = sought.dialect
        if dialect is None:
            if not kept.fit and _lacks_vectors(sought, kept):
                return None
            return kept.body, kept if kept.fit else msgspec.structs.replace(kept, fit=True)
        literal = is_literal(kept, sought.form)
        if literal and kept.fit:
            return kept.body, kept
        if literal and is_plain(kept):
            return kept.body, msgspec.structs.replace(kept, fit=True)
        speaker = dialect_of(kept.operation)
        if speaker is None:
            return None
        try:
            answer = read(kept, speaker)
        except Malformed:
            return None
        if not kept.fit:
            if unfit(kept, answer, truncated=sought.policy.truncated):
                return None
            kept = msgspec.structs.replace(kept, fit=True)
        if literal:
            return kept.body, kept
        call = sought.cleared.call
        told, reply = Told(kept.body, kept.stream, speaker), reply_to(call, kept.model)
        return said_again(told, answer, dialect, reply, stream=sought.form.stream), kept

    def give(self, sought: Sought, kept: Kept, body: bytes, sink: Sink, verdict: str) -> None:
        """Serve a stored answer, with this caller's values echoed; its row is written before its bytes.

        `body` comes from `say`; `verdict` is the result in the trail and the row.
        """
        call, form = sought.cleared.call, sought.form
        if form.operation in REPEATING:
            body = echoed(body, own(sought.cleared.body), stream=form.stream)
        age = max(0.0, call.at_ms / 1000 - kept.at)
        self.note(
            sought,
            verdict,
            f"{kept.vendor}/{kept.model_served}",
            {"age_s": round(age, 3), "saved_nano": kept.cost, "key": sought.key},
        )
        self.row(sought, (kept.vendor, kept.model_served), "ok", saved=kept.cost)
        block = head_block(call, kept.lines, int(age), b"semantic" if verdict == "semantic" else b"hit")
        if not call.asked.stream:
            block = _SAVED % (block, *divmod(kept.cost, _NANO))
        sink.begin(Head(block, whole=not call.asked.stream), body)

    def note(self, sought: Sought, verdict: str, reason: str, numbers: dict[str, float | int | str]) -> None:
        """Record the cache's result in the call's trail, and for its row."""
        call = sought.cleared.call
        call.cache = verdict
        call.trail.append(("cache", verdict, reason, numbers))

    def row(
        self, sought: Sought, by: tuple[str, str], status: str, *, saved: int = 0, error: str = ""
    ) -> None:
        """Write the row of a call answered without an attempt. `by`: the answer's own vendor and model."""
        call, who = sought.cleared.call, sought.cleared.principal
        now = self._books.clock.monotonic()
        number = call.attempts + 1 if call.attempts else 0  # after failed attempts
        call.attempts += 1
        took = round((now - call.arrived) * 1000, 3)
        row = UsageRow(
            attempt_id=f"{call.id}.{number}",
            at_ms=call.at_ms,
            key_id=who.key_id,
            user=who.user,
            team=who.team,
            organisation=who.organisation,
            endpoint=call.endpoint,
            model_asked=call.asked.model,
            vendor=by[0],
            model_served=by[1],
            status=status,
            http_status=0,
            error_code=error,
            usage=_NOTHING,
            cost=NanoDollars(0),
            price_version=call.deployment.book.version,
            priced=True,
            estimated=False,
            stream=call.asked.stream,
            queue_ms=0.0,
            first_ms=took if status == "ok" else 0.0,
            total_ms=took,
            cache=call.cache,
            guard=call.guard,
            trail=_ENCODE(call.trail).decode(),
            tags=who.tags_json,
            saved=NanoDollars(saved),
        )
        self._books.append(row)
        self._books.metrics.cached(call.cache, row)


def _lacks_vectors(sought: Sought, kept: Kept) -> bool:
    """Whether there are fewer vectors than inputs; False if either cannot be parsed."""
    spoken = cast(EmbeddingDialect, SPOKEN[kept.operation])
    try:
        inputs = spoken.read_embedding(sought.cleared.body).inputs
        return len(spoken.read_vectors(kept.body).vectors) < len(inputs)
    except Malformed:
        return False


def head_block(call: Call, lines: bytes, age: int, result: bytes = b"hit") -> bytes:
    """The header lines of a cached or shared answer. `age`: in seconds."""
    kind = STREAM % call.dialect.stream_type if call.asked.stream else _WHOLE
    return _TOLD % (kind, call.told + lines, result, age)
