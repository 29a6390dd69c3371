"""Where budget alerts are sent, in the catalog."""

from dataclasses import dataclass

from config.secret import Secret


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """A webhook: its URL, its signing secret, and the private networks that it may be in."""

    url: str
    host: str  # `name:port`
    secret: Secret
    private: tuple[str, ...] = ()
