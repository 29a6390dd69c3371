"""Determines which SDK is calling, if the path does not show it."""

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType

from config.kinds import Operation
from gateway.endpoints.faces import Face, beside, face_of
from gateway.errors import Header


class Asker(Enum):
    """The calling SDK's vendor, with the operation whose format it expects."""

    OPENAI = ("openai", Operation.CHAT)  # also all unrecognised clients
    ANTHROPIC = ("anthropic", Operation.MESSAGES)
    GOOGLE = ("google", Operation.GENERATE_CONTENT)
    COHERE = ("cohere", Operation.COHERE_CHAT)
    MISTRAL = ("mistral", Operation.CHAT)  # its list of models needs more fields

    @property
    def face(self) -> Face:
        """The format that it reads, including errors."""
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
    (b"x-fern-sdk-name", b"cohere", Asker.COHERE),  # older versions, with the user agent of their HTTP client
    (b"user-agent", b"mistral-client", Asker.MISTRAL),
)


def read_at(path: str, headers: Iterable[Header]) -> Face:
    """The format that a client at this path reads: by the path, else by its headers."""
    return beside(path) or asker(headers).face


def asker(headers: Iterable[Header]) -> Asker:
    """The SDK that sent these headers; OPENAI if it is unknown."""
    for name, value in headers:
        if found := _HEADERS.get(name):
            return found
        for expected, beginning, known in _BEGINNINGS:
            if name == expected and value.startswith(beginning):
                return known
    return Asker.OPENAI
