"""Where traces go, as a catalog keeps it."""

from dataclasses import dataclass

from config.secret import Secret


@dataclass(frozen=True, slots=True)
class TracingFacts:
    """A collector that speaks OTLP over HTTP, and how many calls it is sent.

    `headers` go with each export. `share` is of the calls whose caller traces nothing itself; a caller's own
    decision, in its `traceparent`, counts for its calls.
    """

    url: str
    headers: tuple[tuple[str, Secret], ...]
    share: float
    service: str
