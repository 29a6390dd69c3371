"""Where budget alerts are sent, in the catalog."""

from dataclasses import dataclass

from config.secret import Secret


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """A webhook: its URL, the secret that signs, and networks of private addresses that it may lie in."""

    url: str
    host: str  # `name:port`
    secret: Secret
    private: tuple[str, ...] = ()
