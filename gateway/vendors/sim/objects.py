"""The simulator's files and batches, which finish at once; there is a single account."""

import re
from typing import Any

import msgspec
import orjson

from gateway.vendors.sim.audio import fields_of
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.openai_wire import missing

_PATH = re.compile(r"(?:/v1)?/(files|batches)(?:/([^/]+))?(?:/(content|cancel))?")
_PAGE = 20

Query = dict[str, list[str]]


class Objects:
    """The objects created, oldest first. Ids are sequence numbers, so that they are the same in each run."""

    def __init__(self) -> None:
        self._made: dict[str, dict[str, dict[str, Any]]] = {"files": {}, "batches": {}}
        self._contents: dict[str, bytes] = {}
        self._count = 0

    def answer(self, method: str, path: str, query: Query, body: bytes) -> tuple[bytes, bytes] | None:
        """Content type and body of the answer; None for any other path. Raises `Refused`."""
        found = _PATH.fullmatch(path)
        if found is None:
            return None
        kind, object_id, more = found.groups()
        if object_id is None:
            made = self._make(kind, body) if method == "POST" else self._list(kind, query)
            return b"application/json", orjson.dumps(made)
        known = self._made[kind].get(object_id)
        if known is None:
            raise Refused(404, f"No such {kind[:-1]} object: {object_id}", param="id")
        if more == "content":
            return b"application/octet-stream", self._contents[object_id]
        if method == "DELETE":
            del self._made[kind][object_id]
            return b"application/json", orjson.dumps({"id": object_id, "object": "file", "deleted": True})
        return b"application/json", orjson.dumps(known)

    def _make(self, kind: str, body: bytes) -> dict[str, Any]:
        return self._keep(fields_of(body)) if kind == "files" else self._batch(body)

    def _keep(self, fields: dict[str, bytes]) -> dict[str, Any]:
        if "file" not in fields:
            raise missing("file")
        try:
            purpose = fields.get("purpose", b"").decode()
        except UnicodeDecodeError:
            raise Refused(400, "Invalid 'purpose': it is not UTF-8.", param="purpose") from None
        return self._file(fields["file"], purpose)

    def _batch(self, body: bytes) -> dict[str, Any]:
        try:
            asked = msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Refused(400, "We could not parse the JSON body of your request.") from None
        given = self._contents.get(str(asked.get("input_file_id")))
        if given is None:
            raise Refused(400, f"No such File object: {asked.get('input_file_id')}", param="input_file_id")
        output = self._file(given, "batch_output")
        self._count += 1
        batch = {
            "id": f"batch_{self._count:06}",
            "object": "batch",
            "endpoint": asked.get("endpoint"),
            "input_file_id": asked["input_file_id"],
            "completion_window": asked.get("completion_window"),
            "status": "completed",
            "output_file_id": output["id"],
            "created_at": self._count,
        }
        self._made["batches"][str(batch["id"])] = batch
        return batch

    def _file(self, content: bytes, purpose: str) -> dict[str, Any]:
        self._count += 1
        file = {
            "id": f"file-{self._count:06}",
            "object": "file",
            "bytes": len(content),
            "created_at": self._count,
            "filename": "file",
            "purpose": purpose,
            "status": "processed",
        }
        self._made["files"][str(file["id"])] = file
        self._contents[str(file["id"])] = content
        return file

    def _list(self, kind: str, query: Query) -> dict[str, Any]:
        newest = list(self._made[kind].values())[::-1]
        after = (query.get("after") or [""])[0]
        begin = next((place + 1 for place, each in enumerate(newest) if each["id"] == after), 0)
        limit = (query.get("limit") or [""])[0]
        end = begin + (int(limit) if limit.isdigit() and len(limit) < 5 else _PAGE)
        page = newest[begin:end]
        first, last = (page[0]["id"], page[-1]["id"]) if page else ("", "")
        more = end < len(newest)
        return {"object": "list", "data": page, "first_id": first, "last_id": last, "has_more": more}
