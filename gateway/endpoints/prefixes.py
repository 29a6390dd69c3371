"""Path prefixes that some SDKs add, because their vendor has them."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from config.kinds import MEDIA_PATHS, OBJECT_PATHS
from gateway.endpoints.faces import PATHS

# Calls, models and stored objects, but not administration: a proxy's rule for `/admin` must keep working.
_STEPS = sorted(
    {
        *(path.split("/")[2] for path, _ in PATHS if path.startswith("/v1/")),
        *(path.split("/")[1] for path in MEDIA_PATHS.values()),
        *(path.split("/")[1].partition("{")[0] for path in OBJECT_PATHS.values()),
        *("models", "rerank"),
    }
)
_OURS = rf"(?:{'|'.join(_STEPS)})(?=/|$)"
# An extra slash, from a base URL that ends with one. A second /v1, from a base URL that ends with it and an
# SDK with the version in its paths. Groq's SDK and Azure's version 1 use /openai/v1, Azure's dated versions
# /openai: https://console.groq.com/docs/api-reference,
# https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
_BEFORE = re.compile(
    rf"(?:/+(?=/(?:(?:v1/+|openai/)*{_OURS}|(?:v1beta|v2|api|model)/)))?"
    rf"(?:/v1/+(?=/(?:v1/)?{_OURS}))?"
    rf"(?:/v1(?=/(?:v1/{_OURS}|(?:v1beta|v2|api|model)/|openai/)))?"
    rf"(?:/openai(?=/(?:v1/)?{_OURS}))?".encode()
)


def unprefixed(path: bytes) -> bytes:
    """The path without such a prefix; may include a query."""
    return path[length(path) :]


def length(path: bytes) -> int:
    """The length of the prefix in bytes; usually 0."""
    url = path.partition(b"?")[0]
    found = _BEFORE.match(url)
    assert found is not None  # it may be empty
    return found.end()


class Unprefixed:
    """ASGI middleware that removes such prefixes from paths."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (cut := length(scope["raw_path"])):
            # The prefix contains no percent-encoding, so its length is the same in both.
            scope = {**scope, "raw_path": scope["raw_path"][cut:], "path": scope["path"][cut:]}
        await self._app(scope, receive, send)
