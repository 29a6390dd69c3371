"""Scores how similar passages are to topics' example sentences, for the `topics` guard."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from config.caching import LOCAL
from config.catalog import GuardFacts
from config.kinds import Operation
from dialects.openai.embeddings import OpenAIEmbeddings
from gateway.around.collecting import Collected
from gateway.call import Errand
from gateway.embedders.embedder import Array, unit
from gateway.embedders.local import LocalEmbedder, load_model
from gateway.guardrails.consulting import NoAnswer
from gateway.guardrails.model_couriers import call_of, unguarded
from gateway.pipeline import answer
from gateway.services import Services
from guardrails.guards.topics import Likenesses, Question

_MOST_KEPT = 4096  # vectors: a conversation's turns are repeated in each of its calls
_MOST_AT_ONCE = 64  # texts per call of a model

_DIALECT = OpenAIEmbeddings()
_ENCODE = msgspec.json.Encoder().encode
_READ = msgspec.json.Decoder(Question).decode


class TopicCourier:
    """One per process. Its cache of vectors outlives reloads, and holds only digests of texts."""

    def __init__(self, services: Callable[[], Services], folder: Path | None) -> None:
        """`folder`: where `signalbox embedder install` puts the model."""
        self._services = services
        self._local = LocalEmbedder(folder or Path("."), load_model)
        self._kept: OrderedDict[tuple[str, bytes], Array] = OrderedDict()
        self._preparing: set[asyncio.Task[None]] = set()

    async def ask(self, facts: GuardFacts, question: bytes, errand: Errand) -> bytes:
        """Each passage's highest cosine with each topic's examples. Raises NoAnswer if a vector is missing,
        and whatever the request path raises.
        """
        asked = _READ(question).passages
        examples = [each for of_topic in facts.topics.values() for each in of_topic]
        said = [each for of_text in asked for each in of_text]
        known = await self._vectors(facts, dict.fromkeys([*examples, *said]), errand)
        topics = [np.stack([known[each] for each in of_topic]) for of_topic in facts.topics.values()]
        scores = [
            [[float((topic @ known[each]).max()) for topic in topics] for each in of_text]
            for of_text in asked
        ]
        return _ENCODE(Likenesses(scores))

    def prepare(self, facts: GuardFacts) -> None:
        """Embed the examples in the background, so that no call spends its guard's time budget on that.

        Only with the local model: other models are not called before a call needs them.
        """
        if (facts.model or LOCAL) == LOCAL:
            examples = dict.fromkeys(each for of_topic in facts.topics.values() for each in of_topic)
            task = asyncio.get_running_loop().create_task(self._prepare(facts, examples))
            self._preparing.add(task)
            task.add_done_callback(self._preparing.discard)

    async def close(self) -> None:
        """Release the model's thread."""
        for task in self._preparing:
            task.cancel()
        await self._local.close()

    async def _prepare(self, facts: GuardFacts, examples: dict[str, None]) -> None:
        with suppress(NoAnswer):  # the model's error has been logged; a call will try again
            await self._vectors(facts, examples, None)

    async def _vectors(
        self, facts: GuardFacts, texts: dict[str, None], errand: Errand | None
    ) -> dict[str, Array]:
        model, found, missing = facts.model or LOCAL, {}, []
        for text in texts:
            key = _key(model, text)
            kept = self._kept.get(key)
            if kept is None:
                missing.append(text)
            else:
                self._kept.move_to_end(key)
                found[text] = kept
        for text, vector in zip(missing, await self._embedded(model, missing, facts, errand), strict=True):
            found[text] = self._kept[_key(model, text)] = vector
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    async def _embedded(
        self, model: str, texts: Sequence[str], facts: GuardFacts, errand: Errand | None
    ) -> list[Array]:
        vectors: list[Array | None] = []
        if model == LOCAL:
            for text in texts:
                vectors.append(await self._local.embed(text))
        else:
            assert errand is not None  # its call pays
            services = unguarded(self._services(), facts, errand)
            for at in range(0, len(texts), _MOST_AT_ONCE):
                vectors += await _asked(services, model, texts[at : at + _MOST_AT_ONCE])
        found = [each for each in vectors if each is not None]
        if len(found) != len(texts):
            raise NoAnswer("error")
        return found


def _key(model: str, text: str) -> tuple[str, bytes]:
    return model, sha256(text.encode("utf-8", "surrogatepass")).digest()


async def _asked(services: Services, model: str, texts: Sequence[str]) -> list[Array | None]:
    collected = Collected()
    call = call_of(services, _ENCODE({"model": model, "input": texts}), Operation.EMBEDDINGS, _DIALECT)
    await answer(call, services, collected)
    vectors = _DIALECT.read_vectors(collected.body).vectors
    if len(vectors) != len(texts):
        raise NoAnswer("answer")
    return [unit(each) for each in vectors]
