"""Embeddings of the Gemini API and of Vertex AI: https://ai.google.dev/api/embeddings."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from dialects import sse
from dialects.dialect import Asked, Destination, Parts, Reply, WholeAnswer, top_level
from dialects.embedding import EmbeddingAnswer, EmbeddingRequest
from dialects.errors import Malformed, Unsupported, VendorError
from dialects.framing import ServerSentEvents
from dialects.gemini import errors as gemini_errors
from dialects.gemini.answer import decoded, usage_in
from dialects.gemini.members import cameled, count_in, encoded, object_in, objects_in, rest_of, text_in, wrong
from dialects.gemini.request import edited
from dialects.gemini.stream import GeminiReader
from dialects.openai.common import decode_request
from dialects.usage import Usage
from dialects.watching import Watched
from dialects.weighing import weigh

_DECODER = msgspec.json.Decoder(dict[str, Any])
_KNOWN = frozenset(["model", "content", "taskType", "outputDimensionality", "embedContentConfig"])
_OF_INSTANCE = frozenset(["content", "taskType"])
_OF_PARAMETERS = frozenset(["outputDimensionality"])
_PURPOSES: Mapping[str, str] = {
    "RETRIEVAL_DOCUMENT": "search_document",
    "RETRIEVAL_QUERY": "search_query",
    "CLASSIFICATION": "classification",
    "CLUSTERING": "clustering",
}
_TASK_OF = {purpose: task for task, purpose in _PURPOSES.items()}


class GeminiEmbeddings:
    """The EmbeddingDialect of `:batchEmbedContents` or, without `batch`, of `:embedContent`, for one text."""

    name = "gemini_embeddings"
    stream_type = b"application/json; charset=utf-8"
    keep_alive = b""

    def __init__(self, *, batch: bool = True) -> None:
        self._batch = batch

    def peek(self, body: bytes) -> Asked:
        self._requests(decode_request(_DECODER, body))
        return Asked(model="")

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        """The body with the model replaced in each request, where it repeats the path's."""
        members: dict[str, Any] = edited(cameled(top_level(body)), to)
        named = f"models/{to.model}"
        if not self._batch:
            return encoded({**members, "model": named} if "model" in members else members)
        raw = bytes(members["requests"])
        requests = _REQUESTS.decode(raw if raw.startswith(b"[") else b"[%b]" % raw)  # or one alone
        return encoded({**members, "requests": [{**each, "model": named} for each in requests]})

    def peek_answer(self, body: bytes) -> WholeAnswer:
        found = decoded(body)
        if isinstance(found, dict) and found.get("error"):
            return WholeAnswer(None, gemini_errors.read_error(200, body), 0)
        return WholeAnswer(self.read_vectors(body).usage, None, 0)

    def watcher(self, *, hide_usage: bool) -> Watched:
        return Watched(ServerSentEvents(), GeminiReader())

    def read_error(self, status: int, body: bytes) -> VendorError:
        return gemini_errors.read_error(status, body)

    def write_error(self, error: VendorError, status: int) -> bytes:
        return gemini_errors.write_error(error, status)

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        return sse.event(gemini_errors.write_error(error, status))

    def input_estimate(self, body: bytes) -> int:
        return weigh(body)

    def read_embedding(self, body: bytes) -> EmbeddingRequest:
        requests = self._requests(decode_request(_DECODER, body))
        # The typed form has one purpose and one size: the first request's are used for all.
        first = requests[0] if requests else {}
        first = {**first, **object_in(first.get("embedContentConfig"), "embedContentConfig")}
        purpose, extra = _purpose(first, rest_of(first, _KNOWN))
        return EmbeddingRequest(
            dialect=self.name,
            model=(text_in(first, "model", "requests.0") or "").removeprefix("models/"),
            inputs=tuple(_text(each, f"requests.{number}") for number, each in enumerate(requests)),
            dimensions=count_in(first, "outputDimensionality", "requests.0"),
            purpose=purpose,
            extra=extra,
        )

    def _requests(self, found: dict[str, Any]) -> list[dict[str, Any]]:
        members = cameled(found)
        name = "requests" if self._batch else "content"
        if members.get(name) is None:
            raise wrong(name, "an array" if self._batch else "an object", None)
        return objects_in(members[name], name) if self._batch else [members]

    def write_embedding(self, request: EmbeddingRequest, to: Destination) -> bytes:
        shared: dict[str, Any] = {"model": f"models/{to.model}"}
        if request.purpose in _TASK_OF:
            shared["taskType"] = _TASK_OF[request.purpose]
        if request.dimensions is not None:
            shared["outputDimensionality"] = request.dimensions
        if request.dialect == self.name:
            shared.update(request.extra or {})
        requests = [
            {**shared, "content": {"parts": [{"text": each}]}} for each in texts_of(request, self.name)
        ]
        if self._batch:
            return encoded(edited({"requests": requests}, to))
        if len(requests) != 1:
            raise Unsupported(self.name, ["input.several"])
        return encoded(edited(requests[0], to))

    def read_vectors(self, body: bytes) -> EmbeddingAnswer:
        found = decoded(body)
        if not isinstance(found, dict):
            raise Malformed("the answer is not a JSON object")
        one = found.get("embedding")
        listed = found.get("embeddings") if one is None else [one]
        return EmbeddingAnswer(dialect=self.name, vectors=_vectors(listed), usage=usage_in(found))

    def write_vectors(self, answer: EmbeddingAnswer, request: EmbeddingRequest, reply: Reply) -> bytes:
        embeddings = [{"values": vector} for vector in answer.vectors]
        wire: dict[str, Any] = {"embeddings": embeddings}
        if not self._batch:
            wire = {"embedding": embeddings[0] if embeddings else {"values": []}}
        if answer.usage is not None:
            wire["usageMetadata"] = {"promptTokenCount": answer.usage.input}
        return encoded(wire)


one_text = partial(GeminiEmbeddings, batch=False)


class VertexEmbeddings(GeminiEmbeddings):
    """The EmbeddingDialect of Vertex AI's `:predict`.

    https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
    """

    name = "vertex_embeddings"

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        """The edited body; the model is only in the path."""
        members: dict[str, Any] = top_level(body)
        return encoded(edited(members, to))

    def read_embedding(self, body: bytes) -> EmbeddingRequest:
        members = decode_request(_DECODER, body)
        instances = self._requests(members)
        parameters = object_in(members.get("parameters"), "parameters")
        first = instances[0] if instances else {}
        purpose, extra = _purpose(first, rest_of(first, _OF_INSTANCE))
        rest = rest_of(parameters, _OF_PARAMETERS)
        if rest is not None:
            extra = {**(extra or {}), "parameters": rest}
        return EmbeddingRequest(
            dialect=self.name,
            model="",
            inputs=tuple(_content(each, f"instances.{number}") for number, each in enumerate(instances)),
            dimensions=count_in(parameters, "outputDimensionality", "parameters"),
            purpose=purpose,
            extra=extra,
        )

    def _requests(self, found: dict[str, Any]) -> list[dict[str, Any]]:
        if found.get("instances") is None:
            raise wrong("instances", "an array", None)
        return objects_in(found["instances"], "instances")

    def write_embedding(self, request: EmbeddingRequest, to: Destination) -> bytes:
        extra = dict(request.extra or {}) if request.dialect == self.name else {}
        parameters: dict[str, Any] = extra.pop("parameters", {})
        if request.dimensions is not None:
            parameters = {"outputDimensionality": request.dimensions, **parameters}
        task = extra.pop("taskType", None) or _TASK_OF.get(request.purpose or "")
        shared = extra if task is None else {"task_type": task, **extra}
        wire: dict[str, Any] = {
            "instances": [{"content": each, **shared} for each in texts_of(request, self.name)]
        }
        return encoded(edited({**wire, "parameters": parameters} if parameters else wire, to))

    def read_vectors(self, body: bytes) -> EmbeddingAnswer:
        found = decoded(body)
        predictions = found.get("predictions") if isinstance(found, dict) else None
        if not isinstance(predictions, list):
            raise Malformed("the answer has no predictions")
        embeddings = [each.get("embeddings") if isinstance(each, dict) else None for each in predictions]
        return EmbeddingAnswer(
            dialect=self.name,
            vectors=_vectors(embeddings),
            usage=Usage(read) if (read := sum(map(_counted, embeddings))) else None,
        )

    def write_vectors(self, answer: EmbeddingAnswer, request: EmbeddingRequest, reply: Reply) -> bytes:
        # Only the total is known, so the first vector gets it.
        counts = [0 if answer.usage is None else answer.usage.input, *[0] * len(answer.vectors)]
        embeddings = [
            {"values": vector, "statistics": {"token_count": count}}
            for vector, count in zip(answer.vectors, counts, strict=False)
        ]
        return encoded({"predictions": [{"embeddings": each} for each in embeddings]})


class _Vector(msgspec.Struct, frozen=True, gc=False):
    values: tuple[float, ...]


_REQUESTS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


def texts_of(request: EmbeddingRequest, dialect: str) -> list[str]:
    """The inputs as texts. Raises Unsupported for token ids."""
    texts = [each for each in request.inputs if isinstance(each, str)]
    if len(texts) < len(request.inputs):
        raise Unsupported(dialect, ["input.tokens"])
    return texts


def _purpose(
    members: dict[str, Any], extra: dict[str, Any] | None
) -> tuple[str | None, dict[str, Any] | None]:
    """The purpose in Cohere's terms, and `extra`, to which a task type without an equivalent is added."""
    task = text_in(members, "taskType", "requests.0")
    if task is None or task in _PURPOSES:
        return _PURPOSES.get(task or ""), extra
    return None, {**(extra or {}), "taskType": task}


def _text(request: dict[str, Any], place: str) -> str:
    content = object_in(request.get("content"), f"{place}.content")
    texts = []
    for number, part in enumerate(objects_in(content.get("parts"), f"{place}.content.parts")):
        text = text_in(part, "text", f"{place}.content.parts.{number}")
        if text is None:
            raise wrong(f"{place}.content.parts.{number}.text", "a string", None)
        texts.append(text)
    return "".join(texts)


def _content(instance: dict[str, Any], place: str) -> str:
    text = text_in(instance, "content", place)
    if text is None:
        raise wrong(f"{place}.content", "a string", None)
    return text


def _vectors(found: Any) -> tuple[tuple[float, ...], ...]:
    try:
        return tuple(each.values for each in msgspec.convert(found, list[_Vector]))
    except msgspec.ValidationError as error:
        raise Malformed(f"the answer has an unknown shape: {error}") from None


def _counted(embedding: Any) -> int:
    statistics = embedding.get("statistics") if isinstance(embedding, dict) else None
    count = statistics.get("token_count") if isinstance(statistics, dict) else None
    # Vertex AI writes the count as a float.
    sane = isinstance(count, int | float) and not isinstance(count, bool) and 0 <= count < 10**12
    return int(count) if sane and count is not None else 0
