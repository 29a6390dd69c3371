"""The gateway's own files and batches, at the paths of the vendors' APIs."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from config.catalog import Catalog
from config.kinds import Operation
from dialects.errors import UNREADABLE
from gateway.batching.asking import face_of
from gateway.batching.blobs import Blobs
from gateway.batching.running import BATCH_ID, FILE_ID
from gateway.batching.shapes import batch_object, encoded, file_object, list_object
from gateway.batching.upload import Upload
from gateway.batching.worker import Worker
from gateway.endpoints.faces import Faces
from gateway.errors import BadRequest, InUse, NotFound, TooLarge, Unavailable, WrongMethod
from gateway.relaying.border import Visit
from gateway.relaying.caller import Caller
from gateway.relaying.objects import Place, query_of, runs_its_own
from ledger.batches import Batch, Batches
from ledger.entities import NotFound as NoSuchItem
from ledger.files import Files, KeptFile
from ledger.principal import Principal

HERE = "signalbox"  # as the value of x-signalbox-vendor: the gateway itself keeps the file or runs the batch
_PURPOSE = "batch"
_WINDOW = re.compile(r"([1-9][0-9]{0,2})h")
_MOST_HOURS = 168
_MOST_METADATA = 16  # https://platform.openai.com/docs/api-reference/batch/create
_PAGE = (1, 100)


class Wanted(msgspec.Struct, frozen=True):
    """The request body that creates a batch."""

    input_file_id: str
    endpoint: str = ""
    completion_window: str = "24h"
    metadata: dict[str, str] | None = None


_WANTED = msgspec.json.Decoder(Wanted)


@dataclass(frozen=True, slots=True)
class Own:
    """The gateway's part of `/v1/files` and `/v1/batches`. `new_id` returns 24 characters."""

    files: Files
    batches: Batches
    blobs: Blobs
    worker: Worker
    new_id: Callable[[], str]
    faces: Faces

    async def answer(self, visit: Visit, operation: Operation, principal: Principal, place: Place) -> bool:
        """Answers requests for the gateway's own objects; False passes one on to the vendors, body intact."""
        caller = visit.caller
        if operation not in (Operation.FILES, Operation.BATCHES):
            return False
        ids = FILE_ID if operation is Operation.FILES else BATCH_ID
        if place.id:
            if not place.id.startswith(ids):
                return False
            item = self._file if operation is Operation.FILES else self._batch
            await item(caller, principal, place)
            return True
        if caller.method == "GET":
            if _whose(visit, operation) == "theirs":
                return False
            await self._list(caller, operation, principal)
            return True
        made = self._upload if operation is Operation.FILES else self._create
        return await made(visit, principal)

    # Files

    async def _upload(self, visit: Visit, principal: Principal) -> bool:
        caller, settings = visit.caller, visit.deployment.catalog.settings
        whose = _whose(visit, Operation.FILES)
        if whose == "theirs" or not _is_form(caller):
            return False
        caller.limit, caller.patience = settings.max_upload_bytes, settings.body_timeout
        upload = Upload(caller.header(b"content-type"), caller.next)
        found = await upload.until_file()
        purpose = upload.fields.get("purpose")
        if whose == "unknown" and purpose is not None and purpose != _PURPOSE:
            caller.put_back(*upload.read)
            return False
        if not found:
            raise BadRequest("The form has no file.", param="file")
        await self._keep(visit, principal, upload)
        return True

    async def _keep(self, visit: Visit, principal: Principal, upload: Upload) -> None:
        caller, settings = visit.caller, visit.deployment.catalog.settings.batches
        file_id = FILE_ID + self.new_id()
        try:
            size = await self.blobs.write(file_id, _bounded(upload.content(), settings.max_file_bytes))
            await upload.finish()
            if upload.fields.get("purpose") != _PURPOSE:
                raise BadRequest(
                    'Only files for batches are kept here: send the field purpose with the value "batch", '
                    "or name a vendor in the header x-signalbox-vendor.",
                    param="purpose",
                )
            now = visit.at_ms
            name = upload.filename or "file.jsonl"
            ends = now + int(settings.keep * 1000)
            kept = KeptFile(
                file_id, principal.team, _PURPOSE, name, size, file_id, now, ends, principal.key_id
            )
            await self.files.add(kept)
        except OSError as error:
            raise Unavailable("The file cannot be kept at the moment; try again later.") from error
        except BaseException:
            await self.blobs.delete(file_id)
            raise
        await say(caller, file_object(kept))

    async def _file(self, caller: Caller, principal: Principal, place: Place) -> None:
        file = await self.files.get(place.id, principal.team)
        if file is None:
            raise NotFound(f"There is no '{place.id}' here.")
        match (caller.method, place.after):
            case ("GET", ""):
                await say(caller, file_object(file))
            case ("GET", "content"):
                await self._content(caller, file)
            case ("DELETE", ""):
                if await self.files.used(file.id):
                    raise InUse(f"A batch is using '{file.id}'; cancel it first, or wait for its end.")
                await self.files.forget(file.id)
                await self.blobs.delete(file.blob)
                await say(caller, {"id": file.id, "object": "file", "deleted": True})
            case _:
                raise _unknown(caller)

    async def _content(self, caller: Caller, file: KeptFile) -> None:
        if not await self.blobs.has(file.blob):
            raise Unavailable(f"The content of '{file.id}' is not on this machine; try again later.")
        caller.unread()
        kind = (b"content-type", b"application/jsonl")
        await caller.begin(200, [kind, (b"content-length", b"%d" % file.bytes)])
        async for piece in self.blobs.read(file.blob):
            await caller.write(piece)
        await caller.end()

    # Batches

    async def _create(self, visit: Visit, principal: Principal) -> bool:
        caller, settings = visit.caller, visit.deployment.catalog.settings
        caller.limit, caller.patience = settings.max_body_bytes, settings.body_timeout
        pieces = []
        while piece := await caller.next():
            pieces.append(piece)
        body = b"".join(pieces)
        if not _names_ours(body):
            caller.put_back(body)
            return False
        wanted = _read(body)
        file = await self.files.get(wanted.input_file_id, principal.team)
        if file is None:
            raise NotFound(f"There is no '{wanted.input_file_id}' here.", param="input_file_id")
        if file.purpose != _PURPOSE:
            raise BadRequest(f"'{file.id}' was not uploaded for a batch.", param="input_file_id")
        found = face_of(self.faces, wanted.endpoint)
        if found is None or len(wanted.endpoint) > 200:
            raise BadRequest(
                f"'{wanted.endpoint}' is no endpoint that a batch can be for; /v1/chat/completions, "
                f"/v1/completions, /v1/embeddings and /v1/responses are, and each other path of model calls.",
                param="endpoint",
            )
        batch = Batch(
            id=BATCH_ID + self.new_id(),
            team=principal.team,
            key_id=principal.key_id,
            endpoint=wanted.endpoint,
            input_file_id=file.id,
            completion_window=wanted.completion_window,
            created_ms=visit.at_ms,
            expires_ms=visit.at_ms + _hours(wanted.completion_window) * 3_600_000,
            metadata=msgspec.json.encode(wanted.metadata).decode() if wanted.metadata else "",
        )
        await self.batches.add(batch)
        self.worker.wake()
        await say(caller, batch_object(batch))
        return True

    async def _batch(self, caller: Caller, principal: Principal, place: Place) -> None:
        batch = await self.batches.get(place.id, principal.team)
        if batch is None:
            raise NotFound(f"There is no '{place.id}' here.")
        match (caller.method, place.after):
            case ("GET", ""):
                await say(caller, batch_object(batch))
            case ("POST", "cancel"):
                await self._cancel(caller, batch)
            case _:
                raise _unknown(caller)

    async def _cancel(self, caller: Caller, batch: Batch) -> None:
        if not await self.batches.cancel(batch.id):
            batch = await self.batches.get(batch.id) or batch
            if batch.status not in ("cancelling", "cancelled"):
                raise BadRequest(f"Cannot cancel a batch that is {batch.status}.")
        await self.worker.notice(batch.id)
        await say(caller, batch_object(await self.batches.get(batch.id) or batch))

    async def _list(self, caller: Caller, operation: Operation, principal: Principal) -> None:
        query = query_of(caller)
        limit, after = limit_of(query.get("limit")), query.get("after")
        try:
            if operation is Operation.FILES:
                kept, more = await self.files.list(
                    principal.team, purpose=query.get("purpose"), limit=limit, after=after
                )
                items = [file_object(file) for file in kept]
            else:
                batches, more = await self.batches.list(principal.team, limit=limit, after=after)
                items = [batch_object(batch) for batch in batches]
        except NoSuchItem as error:
            raise NotFound(f"There is no '{after}' here.", param="after") from error
        await say(caller, list_object(items, more))


def _whose(visit: Visit, operation: Operation) -> Literal["ours", "theirs", "unknown"]:
    """Whether an upload or list request concerns the gateway's objects or a vendor's."""
    named = visit.caller.header(b"x-signalbox-vendor").decode("latin-1")
    if named:
        return "ours" if named == HERE else "theirs"
    return "theirs" if _alone(visit.deployment.catalog) else "unknown"


def _alone(catalog: Catalog) -> bool:
    """Whether the only vendor runs its own batches: then all files are that vendor's."""
    return len(catalog.vendors) == 1 and all(map(runs_its_own, catalog.vendors.values()))


def _is_form(caller: Caller) -> bool:
    return caller.header(b"content-type").lower().startswith(b"multipart/")


async def _bounded(pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > most:
            raise TooLarge(f"A file for batches may have {most} bytes; this one has more. Split it.")
        yield piece


def _names_ours(body: bytes) -> bool:
    try:
        told = msgspec.json.decode(body)
    except UNREADABLE:
        return False
    named = told.get("input_file_id") if isinstance(told, dict) else None
    return isinstance(named, str) and named.startswith(FILE_ID)


def _read(body: bytes) -> Wanted:
    try:
        wanted = _WANTED.decode(body)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The batch cannot be read: {error}.") from None
    if not wanted.endpoint:
        raise BadRequest("The batch names no endpoint, such as /v1/chat/completions.", param="endpoint")
    _hours(wanted.completion_window)
    metadata = wanted.metadata or {}
    if len(metadata) > _MOST_METADATA or any(len(k) > 64 or len(v) > 512 for k, v in metadata.items()):
        said = "metadata may have 16 entries, with names of 64 and values of 512 characters."
        raise BadRequest(said, param="metadata")
    return wanted


def _hours(window: str) -> int:
    found = _WINDOW.fullmatch(window)
    if found is None or int(found[1]) > _MOST_HOURS:
        said = f'completion_window is \'{window}\'; allowed is "24h", and any from "1h" to "{_MOST_HOURS}h".'
        raise BadRequest(said, param="completion_window")
    return int(found[1])


def limit_of(given: str | None) -> int:
    """The page size, at most 100. Raises BadRequest."""
    least, most = _PAGE
    if given is None:
        return 20
    if not given.isdigit() or len(given) > 5 or int(given) < least:
        raise BadRequest(f"limit is '{given}'; allowed is a number from {least}.", param="limit")
    return min(int(given), most)


def _unknown(caller: Caller) -> Exception:
    if caller.method in ("GET", "POST", "DELETE"):
        return NotFound(f"There is nothing for {caller.method} at this path.")
    return WrongMethod(f"This path does not take {caller.method}.")


async def say(caller: Caller, told: dict[str, Any]) -> None:
    """Respond with status 200 and JSON."""
    data = encoded(told)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(data))]
    await caller.begin(200, headers)
    await caller.end(data)
