"""Which SDK is calling, where the path does not say it."""

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType

from config.kinds import Operation
from gateway.endpoints.faces import Face, beside, face_of
from gateway.errors import Header


class Asker(Enum):
    """Whose SDK it is, and what is spoken with it."""

    OPENAI = ("openai", Operation.CHAT)  # and all that say nothing of themselves
    ANTHROPIC = ("anthropic", Operation.MESSAGES)
    GOOGLE = ("google", Operation.GENERATE_CONTENT)
    COHERE = ("cohere", Operation.COHERE_CHAT)
    MISTRAL = ("mistral", Operation.CHAT)  # which wants more of a model

    @property
    def face(self) -> Face:
        """What it reads, errors among it."""
        return face_of(self.value[1])


# Headers that only these SDKs send.
_HEADERS: Mapping[bytes, Asker] = MappingProxyType(
    {
        b"anthropic-version": Asker.ANTHROPIC,
        b"x-goog-api-key": Asker.GOOGLE,
        b"x-goog-api-client": Asker.GOOGLE,
    }
)
_BEGINNINGS = (
    (b"user-agent", b"cohere/", Asker.COHERE),
    (b"x-fern-sdk-name", b"cohere", Asker.COHERE),  # older ones, whose user agent is of their HTTP client
    (b"user-agent", b"mistral-client", Asker.MISTRAL),
)


def read_at(path: str, headers: Iterable[Header]) -> Face:
    """What is read by whoever asks there: as the path says it, else as the headers do."""
    return beside(path) or asker(headers).face


def asker(headers: Iterable[Header]) -> Asker:
    """Whose SDK sent these headers."""
    for name, value in headers:
        if found := _HEADERS.get(name):
            return found
        for expected, beginning, known in _BEGINNINGS:
            if name == expected and value.startswith(beginning):
                return known
    return Asker.OPENAI
