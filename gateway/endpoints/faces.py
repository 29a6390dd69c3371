"""The paths of model calls, as the vendors' own SDKs know them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from config.kinds import Operation
from dialects.dialect import Spoken
from gateway.formats import SPOKEN


@dataclass(frozen=True, slots=True)
class Face:
    """What is spoken at a path."""

    operation: Operation
    dialect: Spoken
    stream: bool | None = None  # None: the body says whether to stream
    id_header: bytes = b""  # where this format's SDKs look for the request's id, besides x-request-id
    # Headers for a vendor of the same format, each with the value of those who send none.
    forwards: Mapping[bytes, bytes] = field(default_factory=lambda: MappingProxyType({}))


PATHS: tuple[tuple[str, Operation], ...] = (
    ("/v1/chat/completions", Operation.CHAT),
    ("/v1/completions", Operation.COMPLETIONS),
    ("/v1/embeddings", Operation.EMBEDDINGS),
)


def exact() -> Iterator[tuple[str, Face]]:
    """Paths that name no model; each is also served without its /v1, as some SDKs are set up."""
    for full, operation in PATHS:
        face = Face(operation, SPOKEN[operation])
        yield full, face
        if full.startswith("/v1/"):
            yield full.removeprefix("/v1"), face


@dataclass(frozen=True, slots=True)
class Pattern:
    """Paths that name the model: the group `model` of the expression, percent-encoded or not."""

    expression: re.Pattern[bytes]
    face: Face

    def model(self, path: bytes) -> str | None:
        """The model that a path names; None when it is another path."""
        found = self.expression.fullmatch(path)
        return None if found is None else unquote_to_bytes(found["model"]).decode("utf-8", "replace")


def patterns() -> list[Pattern]:
    """Paths that name a model, in the order in which they are tried."""
    return []
