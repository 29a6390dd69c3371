"""Maps the simulator's paths to endpoints and their formats."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, Protocol, cast

from config.kinds import Operation
from dialects.counting import Counting
from dialects.dialect import Dialect
from dialects.embedding import EmbeddingDialect
from dialects.errors import VendorError
from gateway.endpoints.faces import Face, exact, patterns
from gateway.formats import COUNTED
from gateway.relaying.paths import RELAYED
from gateway.vendors.sim import openai_wire
from gateway.vendors.sim.audio import DrawingRequest, ListeningRequest, SpeechRequest
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.media import ImageRequest, ModerationRequest, RerankRequest
from gateway.vendors.sim.openai_chat import ChatRequest
from gateway.vendors.sim.openai_completions import CompletionRequest
from gateway.vendors.sim.openai_embeddings import EmbeddingRequest
from gateway.vendors.sim.script import Reply, Stamp
from gateway.vendors.sim.typed import TypedRequest
from gateway.vendors.sim.typed_counts import CountRequest
from gateway.vendors.sim.typed_embeddings import TypedEmbeddingRequest


class Asked(Protocol):
    """A request read from one dialect."""

    @property
    def model(self) -> str: ...
    @property
    def stream(self) -> bool: ...
    @property
    def behaviour(self) -> str | None: ...
    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> Reply: ...


class Endpoint(NamedTuple):
    """One inference path: how its requests are read and its errors are written."""

    name: str
    read: Callable[[bytes], Asked]
    error: Callable[[Refused], bytes]
    id_header: bytes = b"x-request-id"  # in which this format's vendors send a request's id; b"": none


# Implemented separately, so that the gateway's own parsing is tested against something independent.
_OPENAI: Mapping[Operation, Callable[[bytes], Asked]] = MappingProxyType(
    {
        Operation.CHAT: ChatRequest,
        Operation.COMPLETIONS: CompletionRequest,
        Operation.EMBEDDINGS: EmbeddingRequest,
    }
)
# https://docs.anthropic.com/en/api/errors#request-id, and what AWS's SDKs read; other formats have none.
_ID_HEADERS: Mapping[Operation, bytes] = MappingProxyType(
    {
        Operation.RESPONSES: b"x-request-id",
        Operation.MESSAGES: b"request-id",
        Operation.CONVERSE: b"x-amzn-requestid",
    }
)
_MEDIA: Mapping[Operation, Callable[[bytes], Asked]] = MappingProxyType(
    {
        Operation.IMAGES: ImageRequest,
        Operation.IMAGE_EDITS: DrawingRequest,
        Operation.IMAGE_VARIATIONS: DrawingRequest,
        Operation.SPEECH: SpeechRequest,
        Operation.TRANSCRIPTIONS: ListeningRequest,
        Operation.TRANSLATIONS: ListeningRequest,
        Operation.MODERATIONS: ModerationRequest,
        Operation.RERANK: RerankRequest,
        Operation.COHERE_RERANK: RerankRequest,
    }
)
_PATTERNS = tuple(patterns())


def endpoint_at(url: bytes) -> Endpoint | None:
    """The endpoint at a path and query, percent-encoded as received; None if there is none."""
    found = ENDPOINTS.get(url.partition(b"?")[0])
    if found is not None:
        return found
    for pattern in _PATTERNS:
        if (model := pattern.model(url)) is not None:
            return _endpoint(pattern.face, model)
    return None


def _endpoint(face: Face, model: str = "") -> Endpoint:
    operation = face.operation
    own = _OPENAI.get(operation)
    if own is not None:
        return Endpoint(operation.value, own, openai_wire.error_body)
    read: Callable[[bytes], Asked]
    if operation.counts:
        read = partial(_count, COUNTED[operation], model)
    elif operation.embeds:
        read = partial(_embedding, cast(EmbeddingDialect, face.dialect), model)
    else:
        read = partial(_conversation, cast(Dialect, face.dialect), model, face.stream)
    return Endpoint(operation.value, read, partial(_error, face), _ID_HEADERS.get(operation, b""))


def _count(counting: Counting, model: str, body: bytes) -> Asked:
    return CountRequest(counting, body, model)


def _embedding(dialect: EmbeddingDialect, model: str, body: bytes) -> Asked:
    return TypedEmbeddingRequest(dialect, body, model)


def _conversation(dialect: Dialect, model: str, stream: bool | None, body: bytes) -> Asked:
    return TypedRequest(dialect, body, model, stream)


def _error(face: Face, refused: Refused) -> bytes:
    said = VendorError(refused.message, code=refused.code, param=refused.param)
    return face.dialect.write_error(said, refused.status)


ENDPOINTS: Mapping[bytes, Endpoint] = MappingProxyType(
    {path.encode(): _endpoint(face) for path, face in exact()}
    | {
        path.encode(): Endpoint(operation.value, _MEDIA[operation], openai_wire.error_body)
        for path, operation in RELAYED
    }
)
