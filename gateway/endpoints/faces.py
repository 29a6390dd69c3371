"""The paths of model calls, as vendors' own SDKs know them."""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from config.kinds import Operation
from dialects.dialect import Spoken
from dialects.errors import VendorError
from gateway.errors import Header
from gateway.formats import SPOKEN

_NO_HEADERS: Mapping[bytes, bytes] = MappingProxyType({})


def _nothing_more(error: VendorError, status: int) -> tuple[Header, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Face:
    """The face of a path: its operation and format, and what is particular to its SDKs."""

    operation: Operation
    stream: bool | None = None  # None: the body says whether to stream
    id_header: bytes = b""  # header in which this format's SDKs expect the request id, besides x-request-id
    # Headers forwarded to a vendor of the same format, with defaults; b"": not sent by default.
    forwards: Mapping[bytes, bytes] = field(default_factory=lambda: _NO_HEADERS)
    # No event of this format makes its SDKs raise: for a broken stream the connection must be cut.
    severs: bool = False
    # Headers by which this format's SDKs distinguish errors, if bodies do not show it.
    error_headers: Callable[[VendorError, int], tuple[Header, ...]] = _nothing_more
    own: Callable[[], Spoken] | None = None  # makes its format, if it differs from the operation's

    @property
    def dialect(self) -> Spoken:
        """Its format, loaded when a caller first uses it."""
        return SPOKEN[self.operation] if self.own is None else self.own()


# Anthropic's SDKs send the API version and betas they use: https://docs.anthropic.com/en/api/versioning
ANTHROPIC = MappingProxyType({b"anthropic-version": b"2023-06-01", b"anthropic-beta": b""})

PATHS: tuple[tuple[str, Operation], ...] = (
    ("/v1/chat/completions", Operation.CHAT),
    ("/v1/responses", Operation.RESPONSES),
    ("/v1/responses/input_tokens", Operation.COUNT_RESPONSES),
    ("/v1/completions", Operation.COMPLETIONS),
    ("/v1/embeddings", Operation.EMBEDDINGS),
    ("/v1/messages", Operation.MESSAGES),
    ("/v1/messages/count_tokens", Operation.COUNT_MESSAGES),
    ("/v2/chat", Operation.COHERE_CHAT),
    ("/v2/embed", Operation.COHERE_EMBED),
    ("/api/chat", Operation.OLLAMA_CHAT),
    ("/api/generate", Operation.OLLAMA_GENERATE),
    ("/api/embed", Operation.OLLAMA_EMBED),
    ("/api/embeddings", Operation.OLLAMA_EMBEDDINGS),
)


def face_of(operation: Operation, stream: bool | None = None) -> Face:
    """The face of an operation's paths."""
    if operation.counts or operation.embeds:
        stream = False  # whatever the body asks for
    if operation in (Operation.MESSAGES, Operation.COUNT_MESSAGES):
        return Face(operation, stream, b"request-id", ANTHROPIC)
    if operation is Operation.CONVERSE:
        return Face(operation, stream, b"x-amzn-requestid")
    if operation is Operation.COHERE_CHAT:
        return Face(operation, stream, severs=True)
    return Face(operation, stream)


def exact() -> Iterator[tuple[str, Face]]:
    """Paths without a model; each below /v1 is also served without /v1, since some SDKs are set up so."""
    for full, operation in PATHS:
        if operation in SPOKEN:
            face = face_of(operation)
            yield full, face
            if full.startswith("/v1/"):
                yield full.removeprefix("/v1"), face
    # Cohere's SDK for version 1, and LangChain with it, request embeddings there.
    yield "/v1/embed", Face(Operation.COHERE_EMBED, own=_typed_embed)


def _typed_embed() -> Spoken:
    made: Spoken = importlib.import_module("dialects.cohere.embed").CohereTypedEmbed()
    return made


@dataclass(frozen=True, slots=True)
class Pattern:
    """Paths that contain the model: the group `model` of the expression, percent-encoded or not.

    The part before a slash in the model's name may be in a group `maker`.
    """

    expression: re.Pattern[bytes]
    face: Face
    query: bytes = b""  # what the query must contain

    def model(self, url: bytes) -> str | None:
        """The model in a path; None if the path does not match."""
        path, _, query = url.partition(b"?")
        found = self.expression.fullmatch(path)
        if found is None or self.query not in query:
            return None
        model = unquote_to_bytes(found["model"]).decode("utf-8", "replace")
        maker = found.groupdict().get("maker")
        return f"{unquote_to_bytes(maker).decode('utf-8', 'replace')}/{model}" if maker else model


class Faces:
    """The faces of all paths, for use off the hot path: the door has a table of its own."""

    def __init__(self, more: Iterable[Pattern] = ()) -> None:
        """`more` are patterns in addition to `patterns()`."""
        self._exact = {path.encode(): face for path, face in exact()}
        self._named = [*patterns(), *more]

    def at(self, url: bytes) -> tuple[Face, str] | None:
        """The face of a path with query, and the model in it ("": none); None if no path matches."""
        face = self._exact.get(url.partition(b"?")[0])
        if face is not None:
            return face, ""
        for pattern in self._named:
            if (model := pattern.model(url)) is not None:
                return pattern.face, model
        return None


# Prefixes under which only one format has paths, whether we serve them or not.
_BELOW = (
    ("/model/", Operation.CONVERSE),
    ("/v1beta/", Operation.GENERATE_CONTENT),
    ("/upload/", Operation.GENERATE_CONTENT),
    ("/v1/messages/", Operation.MESSAGES),
    ("/messages/", Operation.MESSAGES),
    ("/v2/", Operation.COHERE_CHAT),
    ("/api/", Operation.OLLAMA_CHAT),
)


def beside(path: str) -> Face | None:
    """The face for errors at a path that is not served, if its prefix belongs to one format."""
    for below, operation in _BELOW:
        if path.startswith(below):
            return face_of(operation)
    return None


# Google's SDKs put the version and, for Vertex AI, the project before the model: https://ai.google.dev/api
# Some clients leave the version out. Google's SDKs turn `maker/model` into a publisher and its model, and
# `model` into one of Google's own.
_PROJECT = rb"/projects/[^/]+/locations/[^/]+/publishers/(?:google|(?P<maker>[^/]+))"
_GOOGLE = rb"(?:/v1(?:beta\d*)?)?(?:%b)?/models/(?P<model>.+):" % _PROJECT
_NAMED: tuple[tuple[bytes, Operation, bool | None], ...] = (
    (_GOOGLE + rb"generateContent", Operation.GENERATE_CONTENT, False),
    (_GOOGLE + rb"countTokens", Operation.COUNT_CONTENTS, None),
    (_GOOGLE + rb"embedContent", Operation.EMBED_CONTENT, None),
    (_GOOGLE + rb"batchEmbedContents", Operation.BATCH_EMBED_CONTENTS, None),
    # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
    (rb"/model/(?P<model>[^/]+)/converse", Operation.CONVERSE, False),
    (rb"/model/(?P<model>[^/]+)/converse-stream", Operation.CONVERSE, True),
    # Azure OpenAI's clients put the deployment in the path: https://learn.microsoft.com/azure/ai-services/openai/reference
    (rb"/openai/deployments/(?P<model>.+)/chat/completions", Operation.CHAT, None),
    (rb"/openai/deployments/(?P<model>.+)/completions", Operation.COMPLETIONS, None),
    (rb"/openai/deployments/(?P<model>.+)/embeddings", Operation.EMBEDDINGS, None),
)


def patterns() -> list[Pattern]:
    """Paths that contain a model, in the order in which they are tried."""
    streams = re.compile(_GOOGLE + rb"streamGenerateContent")
    return [
        # Without `alt=sse` the stream is one growing array: https://ai.google.dev/api/generate-content
        Pattern(streams, face_of(Operation.GENERATE_CONTENT, True), b"alt=sse"),
        Pattern(streams, face_of(Operation.GENERATE_CONTENT_ARRAY, True)),
        *(
            Pattern(re.compile(expression), face_of(operation, stream))
            for expression, operation, stream in _NAMED
            if operation in SPOKEN
        ),
    ]
