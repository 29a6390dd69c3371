"""Embeddings on the request path: cached inputs are not sent, new vectors are merged in order."""

from collections.abc import Callable, Collection
from types import TracebackType
from typing import cast

import msgspec

from caching.kept import Kept
from caching.memory import Memory
from caching.vectors import Vector, fingerprints, first_places, narrowed, pack, shares, unpack, whole
from dialects.dialect import Destination, Reply
from dialects.embedding import EmbeddingAnswer, EmbeddingDialect, EmbeddingRequest
from dialects.errors import Malformed
from dialects.usage import Usage
from gateway.caching.keeping import Keeping
from gateway.caching.purged import Purged
from gateway.caching.replays import Replays
from gateway.caching.sought import Sought
from gateway.call import Cleared
from gateway.errors import UpstreamError
from gateway.frames import Head, Sink


class Batch(msgspec.Struct, gc=False):
    """A request for embeddings, some of them cached."""

    request: EmbeddingRequest
    prints: list[bytes]  # the fingerprints of its inputs
    known: dict[bytes, Kept]  # cached vectors by fingerprint
    asked: list[int]  # the places of the inputs to request


class Vectoring:
    """Caches vectors in memory, one entry per input."""

    def __init__(
        self, memory: Memory, replays: Replays, unix_seconds: Callable[[], float], purged: Purged
    ) -> None:
        self._memory = memory
        self._replays = replays
        self._clock = unix_seconds
        self._purged = purged

    def recall(self, sought: Sought, sink: Sink) -> Batch | None:
        """Give the sink the answer if every input is cached, and return None; else the batch to complete.

        Raises Malformed if the body is not an embedding request.
        """
        call = sought.cleared.call
        request = _dialect(sought).read_embedding(sought.cleared.body)
        prints = fingerprints(sought.base, request)
        now = call.at_ms / 1000
        oldest = now - sought.policy.exact
        if sought.controls.max_age is not None:
            oldest = max(oldest, now - sought.controls.max_age)
        known = {}
        for each in () if sought.controls.no_cache else set(prints):
            kept = self._memory.get(each, now)
            if kept is not None and kept.fresh_until > now and kept.at >= oldest:
                known[each] = kept
        if not _are_alike(known.values()) or (len(known) < len(set(prints)) and _is_mixed(sought)):
            known = {}
        missing = [place for place, each in enumerate(prints) if each not in known]
        batch = Batch(request, prints, known, first_places(prints, missing))
        if missing:
            return batch
        first = known[prints[0]]
        nothing = EmbeddingAnswer(dialect="", vectors=(), model=first.model_served, usage=Usage())
        body = self._merged(sought, batch, nothing)
        cost = sum(each.cost for each in known.values())
        self._replays.give(sought, msgspec.structs.replace(first, cost=cost), body, sink, "hit")
        return None

    def narrowed(self, sought: Sought, batch: Batch) -> Cleared:
        """The call for only those inputs that are not cached."""
        if len(batch.asked) == len(batch.request.inputs):
            return sought.cleared
        numbers: dict[str, float | int | str] = {
            "inputs": len(batch.request.inputs),
            "asked": len(batch.asked),
        }
        sought.cleared.call.trail.append(("cache", "partly", "", numbers))
        rest = narrowed(batch.request, batch.asked)
        body = _dialect(sought).write_embedding(rest, Destination(rest.model))
        return msgspec.structs.replace(sought.cleared, body=body)

    def complete(self, sought: Sought, batch: Batch, data: bytes) -> bytes:
        """The answer to the whole batch, from the vendor's answer to the requested part. Stores its vectors.

        Raises UpstreamError if the two do not fit together.
        """
        whole = len(batch.asked) == len(batch.request.inputs)
        try:
            answer = _dialect(sought).read_vectors(data)
        except Malformed as error:
            if whole:  # of a kind that is not parsed here; the caller gets them all the same
                return data
            raise _unlike(error.message) from None
        if len(answer.vectors) != len(batch.asked):
            raise _unlike(f"{len(answer.vectors)} vectors came for {len(batch.asked)} inputs")
        known = {len(unpack(each.body)) for each in batch.known.values()}
        if known and known != set(map(len, answer.vectors)):
            for each in batch.known:  # from an earlier model under this name: a retry requests all inputs
                self._memory.drop(each)
            raise _unlike("they are of another length than those that are known")
        self._keep(sought, batch, answer)
        if whole:
            return data
        return self._merged(sought, batch, answer)

    def _merged(self, sought: Sought, batch: Batch, answer: EmbeddingAnswer) -> bytes:
        call, known = sought.cleared.call, batch.known
        vectors: list[Vector] = [unpack(known[each].body) for each in batch.prints]
        tokens = sum((usage.input if (usage := known[each].usage) else 0) for each in batch.prints)
        reply = Reply(call.id, call.at_ms // 1000, answer.model, call.asked.include_usage)
        return _dialect(sought).write_vectors(whole(answer, vectors, tokens), batch.request, reply)

    def _keep(self, sought: Sought, batch: Batch, answer: EmbeddingAnswer) -> None:
        call, who, now = sought.cleared.call, sought.cleared.principal, self._clock()
        row = call.served
        inputs = [batch.request.inputs[place] for place in batch.asked]
        goes = self._purged.meant(sought)
        tokens = shares(answer.usage.input if answer.usage else 0, inputs)
        costs = shares(row.cost if row else 0, inputs)
        for number, place in enumerate(batch.asked):
            kept = Kept(
                operation=call.operation,
                stream=False,
                include_usage=False,
                body=pack(answer.vectors[number]),
                lines=b"",
                vendor=row.vendor if row else "",
                model_served=answer.model or (row.model_served if row else ""),
                usage=Usage(input=tokens[number]),
                cost=costs[number],
                bounded=None,
                choices=1,
                at=now,
                fresh_until=now + sought.policy.exact,
                gone_at=now + sought.policy.exact,
                organisation=who.organisation,
                team=who.team,
                model=call.asked.model,
                tags=sought.controls.tags,
                fit=True,
            )
            batch.known[batch.prints[place]] = kept
            if not goes:
                self._memory.put(batch.prints[place], kept)


class Completing:
    """The sink of a batch: takes the vendor's answer and passes the whole batch's on to `keeping`."""

    def __init__(self, keeping: Keeping, vectoring: Vectoring, batch: Batch) -> None:
        self._sink = keeping
        self._vectoring = vectoring
        self._batch = batch

    def __enter__(self) -> "Completing":
        self._sink.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        return self._sink.__exit__(kind, error, trace)

    def begin(self, head: Head, data: bytes) -> None:
        self._sink.begin(head, self._vectoring.complete(self._sink.sought, self._batch, data))

    def hold(self, head: Head, data: bytes) -> None:
        self._sink.hold(head, data)

    def write(self, data: bytes) -> None:
        self._sink.write(data)

    def end(self) -> None:
        self._sink.end()

    @property
    def paused(self) -> bool:
        return self._sink.paused

    async def drained(self) -> None:
        await self._sink.drained()


def _are_alike(known: Collection[Kept]) -> bool:
    """Whether vectors may be in one answer: those of different models are not comparable."""
    return len({(each.model_served, len(each.body)) for each in known}) <= 1


def _is_mixed(sought: Sought) -> bool:
    """Whether the route has several models, so that the new vectors may be another model's."""
    call = sought.cleared.call
    route = call.deployment.route(call.asked.model)
    return route is None or len({line.model for line in route.lines.values()}) > 1


def _dialect(sought: Sought) -> EmbeddingDialect:
    return cast(EmbeddingDialect, sought.cleared.call.dialect)


def _unlike(what: str) -> UpstreamError:
    return UpstreamError(f"The vendor's vectors cannot be read: {what}.", status=502, code="vendor_failed")
