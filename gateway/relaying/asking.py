"""Reads just enough of a request to know its model; the rest stays bytes."""

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from config.catalog import Settings
from config.kinds import Operation
from dialects.dialect import Destination
from dialects.errors import Malformed
from dialects.openai.common import decode_request, edit_body, read_loosely
from gateway.deployment import Line, Relay
from gateway.errors import BadRequest, UnsupportedMedia
from gateway.relaying.caller import Caller
from gateway.relaying.counting import Asked
from gateway.relaying.forms import Form, Piece, boundary_of
from gateway.relaying.kept import Kept

# OpenAI's default models, for operations that do not require one: https://platform.openai.com/docs/api-reference
_USUAL: Mapping[Operation, str] = MappingProxyType(
    {
        Operation.IMAGES: "dall-e-2",
        Operation.IMAGE_EDITS: "dall-e-2",
        Operation.IMAGE_VARIATIONS: "dall-e-2",
        Operation.MODERATIONS: "omni-moderation-latest",
    }
)
_MOST_IMAGES = 100
_NAMELESS = b'--%b\r\ncontent-disposition: form-data; name="model"\r\n\r\n%b\r\n'


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str | None = None
    n: Any = None
    input: msgspec.Raw = msgspec.Raw(b"null")
    documents: msgspec.Raw = msgspec.Raw(b"null")
    stream: Any = None


_REQUEST = msgspec.json.Decoder(_Request)


class JsonBody:
    """A body that was read whole, and can be sent repeatedly."""

    repeatable = True

    def __init__(self, data: bytes) -> None:
        self.data = data

    def sent(self, line: Line, relay: Relay) -> bytes:
        """The body for one target."""
        return edit_body(self.data, Destination(line.model, drops=relay.drops))

    async def keep(self) -> None:
        """Does nothing: the body is in memory."""

    def close(self) -> None:
        """Does nothing: no resources are held."""


class FormBody:
    """A form that may still be arriving. It can be sent once; after `keep`, repeatedly."""

    def __init__(self, caller: Caller, boundary: bytes) -> None:
        self.form = Form(boundary)
        self._boundary = boundary
        self._caller = caller
        self._kept = Kept()
        self._ended = False
        self._flowed = False  # part of it was sent to a target and not kept

    @property
    def repeatable(self) -> bool:
        """Whether the whole form is kept, so that it can be sent again."""
        return self._ended and not self._flowed

    async def until_model(self) -> None:
        """Read until the model's name is found, or the form ends."""
        while self.form.model is None and not self._ended:
            for piece in await self._more():
                await self._kept.add(piece)

    async def keep(self) -> None:
        """Read and keep the rest, so that it can be sent again."""
        while not self._ended:
            for piece in await self._more():
                await self._kept.add(piece)

    async def sent(self, line: Line, relay: Relay) -> AsyncIterator[bytes]:
        """The body for one target: what was kept, then the rest as it arrives."""
        name = line.model.encode()
        if self.form.model is None:
            yield _NAMELESS % (self._boundary, name)
        async for data in self._kept.pieces(name):
            yield data
        while not self._ended:
            self._flowed = True
            for piece in await self._more():
                yield name if piece is None else piece

    def close(self) -> None:
        """Discard what was kept."""
        self._kept.close()

    async def _more(self) -> list[Piece]:
        data = await self._caller.next()
        try:
            if data:
                return self.form.feed(data)
            self.form.end()
        except Malformed as error:
            raise BadRequest(error.message, param=error.param) from None
        self._ended = True
        return []


Body = JsonBody | FormBody


class Wanted(msgspec.Struct, frozen=True):
    """What is known about a request before it is sent."""

    model: str
    body: Body
    content_type: bytes
    asked: Asked
    stream: bool = False


async def read(caller: Caller, operation: Operation, settings: Settings) -> Wanted:
    """Read until the model is known. Raises BadRequest, UnsupportedMedia and what `Caller.next` raises."""
    caller.patience = settings.body_timeout
    content_type = caller.header(b"content-type")
    media = content_type.partition(b";")[0].strip().lower()
    if media == b"multipart/form-data":
        caller.limit = settings.max_upload_bytes
        return await _form(caller, operation, content_type)
    if media not in (b"", b"application/json") and not media.endswith(b"+json"):
        found = media.decode("latin-1")
        raise UnsupportedMedia(
            f"The content type is '{found}', expected 'application/json' or 'multipart/form-data'."
        )
    caller.limit = settings.max_body_bytes
    return await _json(caller, operation)


async def _form(caller: Caller, operation: Operation, content_type: bytes) -> Wanted:
    try:
        body = FormBody(caller, boundary_of(content_type))
    except Malformed as error:
        raise BadRequest(error.message) from None
    try:
        await body.until_model()
        model = _model(caller, operation, body.form.model)
    except BaseException:
        body.close()
        raise
    return Wanted(model, body, content_type, Asked())


async def _json(caller: Caller, operation: Operation) -> Wanted:
    parts = []
    while piece := await caller.next():
        parts.append(piece)
    data = b"".join(parts)
    if not data:
        raise BadRequest("The request body is empty: expected a JSON object or a form.")
    try:
        request = decode_request(_REQUEST, data)
    except Malformed as error:
        raise BadRequest(error.message, param=error.param) from None
    model = _model(caller, operation, request.model)
    return Wanted(model, JsonBody(data), b"application/json", _asked(request), request.stream is True)


def _model(caller: Caller, operation: Operation, written: str | None) -> str:
    model = caller.named.get("model") or written or _USUAL.get(operation)
    if not model:
        raise BadRequest("The request names no model.", param="model")
    return model


def _asked(request: _Request) -> Asked:
    given = isinstance(request.n, int) and not isinstance(request.n, bool) and 0 < request.n <= _MOST_IMAGES
    text = read_loosely(bytes(request.input)) if bytes(request.input)[:1] == b'"' else None
    documents = read_loosely(bytes(request.documents))
    return Asked(
        images=request.n if given else 1,
        characters=len(text) if isinstance(text, str) else 0,
        documents=len(documents) if isinstance(documents, list) else 0,
    )
