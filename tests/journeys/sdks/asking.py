"""What every SDK is asked in these journeys, in nobody's own terms; what it says to that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

WORDS = "Tell the signalman about the fog. Then say goodbye."
CALLING = "Please ask get_weather about the junction."
RESULT = "Fog over the junction."
TOOL = "get_weather"
PURPOSE = "The weather of a city."
WEATHER: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
# One red pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
ROOM = 4096  # tokens of output, where a format or thinking wants a bound


@dataclass(frozen=True, slots=True)
class Called:
    """A tool call, its arguments parsed."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer; `turn` is what the SDK's user keeps of it for the next request."""

    text: str
    ended: Literal["stop", "length", "tools"]
    tokens: tuple[int, int]  # of input and of output
    turn: Any
    thought: str = ""
    calls: tuple[Called, ...] = ()
    pieces: tuple[str, ...] = ()  # of the text, as they came in a stream


@dataclass(frozen=True, slots=True)
class Ask:
    """A question; with `said`, the calls of that answer are answered by RESULT."""

    model: str
    words: str = WORDS
    role: str = "user"
    system: str = ""
    image: bool = False
    tool: bool = False
    schema: bool = False
    thinks: bool = False
    limit: int | None = None
    stop: str = ""
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What an SDK's exception tells its user; None where the SDK has no place for it."""

    status: int
    message: str
    request_id: str | None
    retry_after: str | None


class Speaker(Protocol):
    """One official SDK with one of its ways to ask."""

    name: str
    wishes: frozenset[str]  # fields of Ask that it can express, beyond those that all can
    # The SDK's own classes: of refusals by status, and of a stream that breaks.
    refusals: Mapping[int, type[Exception]]
    broken: tuple[type[Exception], ...]
    retries: bool  # whether the SDK tries again by itself

    def __init__(self, address: str, key: str, retries: int = 0) -> None: ...

    def whole(self, ask: Ask) -> Said: ...

    def stream(self, ask: Ask) -> Said:
        """The same, put together from the stream by the SDK where it can."""

    def embed(self, model: str, texts: list[str]) -> list[list[float]]:
        """NotImplementedError where the SDK has no embeddings here."""

    def seen(self, error: Any) -> Seen: ...

    def close(self) -> None: ...
