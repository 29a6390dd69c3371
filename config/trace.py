"""The compiled `tracing` settings."""

from dataclasses import dataclass

from config.secret import Secret


@dataclass(frozen=True, slots=True)
class TracingFacts:
    """An OTLP/HTTP collector and the sampling of calls.

    `headers` are sent with each export. `share` (0 to 1) samples calls without a `traceparent`; one with it
    follows its sampled flag.
    """

    url: str
    headers: tuple[tuple[str, Secret], ...]
    share: float
    service: str
