"""The paths of relayed calls, as vendors' own SDKs know them."""

from config.kinds import MEDIA_PATHS, Operation

RELAYED: tuple[tuple[str, Operation], ...] = (
    *((f"/v1{path}", operation) for operation, path in MEDIA_PATHS.items()),
    ("/v1/rerank", Operation.RERANK),
    ("/v2/rerank", Operation.COHERE_RERANK),
)
