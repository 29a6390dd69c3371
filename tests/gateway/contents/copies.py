"""Copies of calls for tests: a road's call whose team keeps contents."""

from base64 import b64encode
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from config.catalog import Catalog, Secret
from config.retention import ContentKey, KeepPolicy, RetentionFacts, Store
from gateway.contents.copying import Copy
from gateway.frames import Head
from tests.gateway.road import WHO, Answer, Caller, Road

FIRST, SECOND = (
    ContentKey(name, Secret(b64encode(name[:1].encode() * 32).decode(), "env")) for name in ("a", "b")
)
BODY = b'{"model":"fast","messages":[{"role":"user","content":"write to ann@night-train.example"}]}'
HEAD = Head(b"", whole=False)
WHOLE = b'{"choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}]}'


def catalog_keeping(store: Store = "full", *keys: ContentKey) -> Catalog:
    """That of a road, with a policy for its caller's team."""
    catalog = Road({"one": [Answer()]}).services.deployment.catalog
    policies = MappingProxyType({WHO.team: KeepPolicy(store, 60.0)})
    return replace(catalog, retention=RetentionFacts(keys or (FIRST,), policies))


def copied(*pieces: bytes, store: str = "full", body: bytes = BODY, end: bool = True, **call: Any) -> Copy:
    """What a caller was given in these pieces; `call` are facts of its request."""
    asked = Road({"one": [Answer()]}).call(**call)
    asked.body = body
    copy = Copy(Caller([]), asked, WHO, store, 60.0)
    if pieces:
        copy.begin(HEAD, pieces[0])
    for piece in pieces[1:]:
        copy.write(piece)
    if end:
        copy.end()
    return copy
