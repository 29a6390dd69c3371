"""Anthropic's Message Batches: the gateway's batches under Anthropic's paths and in its format.

https://docs.anthropic.com/en/api/creating-message-batches
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from dialects.errors import UNREADABLE
from gateway.batching.asking import Asker, face_of
from gateway.batching.endpoints import Own, limit_of, say
from gateway.batching.lines import Wrong, numbered, read_line
from gateway.batching.running import BATCH_ID, FILE_ID
from gateway.errors import BadRequest, NotFound, Unavailable
from gateway.relaying.border import Visit, serve
from gateway.relaying.caller import Caller
from gateway.relaying.objects import query_of
from gateway.services import Services
from ledger.batches import Batch
from ledger.entities import NotFound as NoSuchItem
from ledger.files import KeptFile
from ledger.principal import Principal
from storage.errors import StoreError

PATH = "/v1/messages/batches"
_ENDPOINT = "/v1/messages"
_ID = "msgbatch_sb"
_HOURS = 24
_NAME = "message_batches"  # in metrics
_SMOOTH = 200  # requests checked between yields to the event loop
_ENCODE = msgspec.json.Encoder().encode


class _Request(msgspec.Struct):
    custom_id: str
    params: msgspec.Raw


class _Requests(msgspec.Struct):
    requests: list[_Request]


_REQUESTS = msgspec.json.Decoder(_Requests)


class MessageBatches:
    """The endpoint, as an ASGI application."""

    def __init__(self, own: Own, services: Services) -> None:
        self._own = own
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await serve(Caller(scope, receive, send), self._services, _NAME, self._answer)

    async def _answer(self, visit: Visit) -> None:
        try:
            principal = await self._services.keys.holder(visit.credential)
            await self._answer_to(visit, principal)
        except StoreError as error:
            raise Unavailable("Batches cannot be looked up at the moment; try again later.") from error

    async def _answer_to(self, visit: Visit, principal: Principal) -> None:
        caller = visit.caller
        name, _, after = caller.named.get("rest", "").strip("/").partition("/")
        if not name:
            await (self._list if caller.method == "GET" else self._create)(visit, principal)
            return
        batch = await self._own.batches.get(name.replace(_ID, BATCH_ID, 1), principal.team)
        if batch is None or batch.endpoint != _ENDPOINT or not name.startswith(_ID):
            raise NotFound(f"There is no '{name}' here.")
        match (caller.method, after):
            case ("GET", ""):
                await say(caller, message_batch(batch))
            case ("GET", "results"):
                await self._results(caller, batch)
            case ("POST", "cancel"):
                await self._own.batches.cancel(batch.id)
                await self._own.worker.notice(batch.id)
                await say(caller, message_batch(await self._own.batches.get(batch.id) or batch))
            case ("DELETE", ""):
                await self._delete(caller, batch)
            case _:
                raise NotFound(f"There is nothing for {caller.method} at this path.")

    async def _delete(self, caller: Caller, batch: Batch) -> None:
        """Deletes the batch and its files."""
        if not await self._own.batches.forget(batch.id):
            raise BadRequest("The batch is still running; cancel it first, or wait until it ends.")
        for file_id in filter(None, (batch.input_file_id, batch.output_file_id, batch.error_file_id)):
            file = await self._own.files.get(file_id, None)
            if file is not None:
                await self._own.files.forget(file.id)
                await self._own.blobs.delete(file.blob)
        await say(caller, {"id": batch.id.replace(BATCH_ID, _ID, 1), "type": "message_batch_deleted"})

    async def _list(self, visit: Visit, principal: Principal) -> None:
        query = query_of(visit.caller)
        after = query.get("after_id", "").replace(_ID, BATCH_ID, 1) or None
        try:
            found, more = await self._own.batches.list(
                principal.team, endpoint=_ENDPOINT, limit=limit_of(query.get("limit")), after=after
            )
        except NoSuchItem as error:
            raise NotFound(f"There is no '{query.get('after_id')}' here.", param="after_id") from error
        items = [message_batch(batch) for batch in found]
        ends = (items[0]["id"], items[-1]["id"]) if items else (None, None)
        await say(visit.caller, {"data": items, "has_more": more, "first_id": ends[0], "last_id": ends[1]})

    async def _create(self, visit: Visit, principal: Principal) -> None:
        own, settings = self._own, visit.deployment.catalog.settings
        caller = visit.caller
        caller.limit, caller.patience = settings.max_body_bytes, settings.body_timeout
        requests = await _read(caller)
        if not 0 < len(requests) <= settings.batches.max_lines:
            said = f"requests has {len(requests)} entries; allowed are 1 to {settings.batches.max_lines}."
            raise BadRequest(said, param="requests")
        now, number = visit.at_ms, own.new_id()
        file_id = FILE_ID + number
        batch = Batch(
            id=BATCH_ID + number,
            team=principal.team,
            key_id=principal.key_id,
            endpoint=_ENDPOINT,
            input_file_id=file_id,
            completion_window=f"{_HOURS}h",
            created_ms=now,
            expires_ms=now + _HOURS * 3_600_000,
            total=len(requests),
        )
        face = face_of(own.faces, _ENDPOINT)
        assert face is not None
        asker = Asker(batch, *face, self._services)
        size = await own.blobs.write(file_id, _checked(requests, asker, principal))
        ends = now + int(settings.batches.keep * 1000)
        await own.files.add(
            KeptFile(
                *(file_id, principal.team, "batch", "requests.jsonl", size, file_id, now, ends),
                principal.key_id,
            )
        )
        await own.batches.add(batch)
        own.worker.wake()
        await say(caller, message_batch(batch))

    async def _results(self, caller: Caller, batch: Batch) -> None:
        if batch.at_work:
            raise BadRequest("The batch has no results before it has ended.")
        caller.unread()
        await caller.begin(200, [(b"content-type", b"application/x-jsonl")])
        async for line in self._result_lines(batch):
            await caller.write(_ENCODE(line) + b"\n")
        await caller.end()

    async def _result_lines(self, batch: Batch) -> AsyncIterator[dict[str, Any]]:
        seen: set[str] = set()
        for file_id in (batch.output_file_id, batch.error_file_id):
            async for told in self._lines(file_id):
                seen.add(told["custom_id"])
                yield {"custom_id": told["custom_id"], "result": _result(told)}
        rest = _unasked(batch)
        async for told in self._lines(batch.input_file_id):
            if told["custom_id"] not in seen:
                yield {"custom_id": told["custom_id"], "result": rest}

    async def _lines(self, file_id: str | None) -> AsyncIterator[dict[str, Any]]:
        file = None if file_id is None else await self._own.files.get(file_id, None)
        if file is not None:
            async for _, data in numbered(self._own.blobs.read(file.blob)):
                yield msgspec.json.decode(data)


def message_batch(batch: Batch) -> dict[str, Any]:
    """The batch in Anthropic's format: https://docs.anthropic.com/en/api/retrieving-message-batches"""
    name = batch.id.replace(BATCH_ID, _ID, 1)
    left = batch.total - batch.completed - batch.failed
    rest = {"cancelled": "canceled", "expired": "expired", "failed": "errored"}.get(
        batch.status, "processing"
    )
    counts = {
        "processing": 0,
        "succeeded": batch.completed,
        "errored": batch.failed,
        "canceled": 0,
        "expired": 0,
    }
    counts[rest] += left
    status = "canceling" if batch.status == "cancelling" else "in_progress" if batch.at_work else "ended"
    ended = batch.completed_ms or batch.failed_ms or batch.expired_ms or batch.cancelled_ms
    return {
        "id": name,
        "type": "message_batch",
        "processing_status": status,
        "request_counts": counts,
        "created_at": _moment(batch.created_ms),
        "expires_at": _moment(batch.expires_ms),
        "ended_at": _moment(ended),
        "archived_at": None,
        "cancel_initiated_at": _moment(batch.cancelling_ms),
        # Relative, because the gateway does not know its public address.
        "results_url": None if batch.at_work else f"{PATH}/{name}/results",
    }


def message_batch_routes(own: Own, services: Services) -> list[BaseRoute]:
    """The routes, each with and without /v1."""
    endpoint = MessageBatches(own, services)
    paths = [f"{path}{below}" for path in (PATH, PATH.removeprefix("/v1")) for below in ("", "/{rest:path}")]
    return [Route(path, endpoint, methods=["GET", "POST", "DELETE"]) for path in paths]


async def _read(caller: Caller) -> list[_Request]:
    pieces = []
    while piece := await caller.next():
        pieces.append(piece)
    try:
        return _REQUESTS.decode(b"".join(pieces)).requests
    except UNREADABLE as error:
        raise BadRequest(f"The batch cannot be read: {error}.", param="requests") from None


async def _checked(requests: list[_Request], asker: Asker, principal: Principal) -> AsyncIterator[bytes]:
    """The input file's lines. Raises BadRequest for the first request that cannot be sent."""
    seen: set[str] = set()
    for number, request in enumerate(requests):
        body = msgspec.Raw(msgspec.json.format(request.params, indent=-1))
        asked = {"custom_id": request.custom_id, "method": "POST", "url": _ENDPOINT, "body": body}
        data = _ENCODE(asked)
        try:
            if request.custom_id in seen:
                raise Wrong("duplicate_custom_id", f"The custom_id '{request.custom_id}' stands here twice.")
            asker.check(read_line(data, _ENDPOINT), principal)
        except Wrong as wrong:
            where = f"requests.{number}"
            raise BadRequest(f"{where}: {wrong.message}", param=where) from None
        seen.add(request.custom_id)
        if not number % _SMOOTH:
            await asyncio.sleep(0)
        yield data + b"\n"


def _result(told: dict[str, Any]) -> dict[str, Any]:
    response = told["response"]
    if response is None:
        return {"type": "expired"}
    if response["status_code"] == 200:
        return {"type": "succeeded", "message": response["body"]}
    return {"type": "errored", "error": response["body"]}


def _unasked(batch: Batch) -> dict[str, Any]:
    """The result of requests that are in neither the output nor the error file."""
    if batch.status != "failed":
        return {"type": "canceled"}
    [first, *_] = msgspec.json.decode(batch.errors or b'[{"message":"The batch failed."}]')
    return {
        "type": "errored",
        "error": {"type": "error", "error": {"type": "api_error", "message": first["message"]}},
    }


def _moment(ms: int | None) -> str | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC).isoformat().replace("+00:00", "Z")
