"""An embedding model of the gateway is asked as any caller would ask it, on the caller's account."""

from dataclasses import replace

import msgspec
import numpy as np

from gateway.embedders.asked import AskedEmbedder
from ledger.scope import compile_scope
from tests.gateway.road import WHO, Answer, Road


def vectors(*values: float) -> bytes:
    data = [{"object": "embedding", "index": 0, "embedding": list(values)}]
    return msgspec.json.encode(
        {"object": "list", "data": data, "model": "e", "usage": {"prompt_tokens": 5, "total_tokens": 5}}
    )


async def test_it_is_billed_to_whoever_asked() -> None:
    road = Road({"one": [Answer(steps=(vectors(3, 4),))]})
    found = await AskedEmbedder("fast", lambda: road.services).embed("some text", WHO)
    assert found is not None
    assert np.allclose(found, (0.6, 0.8))
    (row,) = road.rows
    assert (row.endpoint, row.team, row.key_id, row.usage.input) == ("embeddings", WHO.team, WHO.key_id, 5)
    ((_, _, body),) = road.vendors.requests
    assert msgspec.json.decode(body)["input"] == "some text"


async def test_a_key_need_not_be_allowed_the_model() -> None:
    road = Road({"one": [Answer(steps=(vectors(1, 0),))]})
    who = replace(WHO, scope=compile_scope(["other"]))
    assert await AskedEmbedder("fast", lambda: road.services).embed("x", who) is not None


async def test_a_vendor_that_fails_is_no_vector() -> None:
    road = Road({"one": [Answer(status=500, steps=(b"{}",)), Answer(steps=(b"{}",))]})
    embedder = AskedEmbedder("fast", lambda: road.services)
    assert [await embedder.embed("x", WHO) for _ in range(2)] == [None, None]
    assert await AskedEmbedder("nobody", lambda: road.services).embed("x", WHO) is None


async def test_a_text_goes_only_where_its_caller_lets_it() -> None:
    road = Road({"one": [Answer(steps=(vectors(1, 0),))]})
    embedder = AskedEmbedder("fast", lambda: road.services)
    assert await embedder.embed("x", WHO, bound=[(b"x-signalbox-vendors", b"two")]) is None
    assert road.vendors.requests == []
    assert await embedder.embed("x", WHO, bound=[(b"x-signalbox-vendors", b"one")]) is not None
