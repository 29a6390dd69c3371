"""The documents that an answer is to be based on, sent to other formats as texts before the question."""

from typing import Any

from msgspec.structs import replace

from dialects import arguments
from dialects.conversation import Extra, Message, Text

MEMBER = "documents"  # of a request; in a text's `extra`, the document that it represents


def placed(messages: tuple[Message, ...], extra: Extra | None) -> tuple[tuple[Message, ...], Extra | None]:
    """The messages with the documents in the user's last turn, if there is one, and the rest of `extra`."""
    found = (extra or {}).get(MEMBER)
    last = max((at for at, each in enumerate(messages) if each.role == "user"), default=-1)
    if not isinstance(found, list) or not found or last < 0:
        return messages, extra
    texts = tuple(Text(_told(each), extra={MEMBER: each}) for each in found)
    turn = replace(messages[last], parts=(*texts, *messages[last].parts))
    rest = {name: value for name, value in (extra or {}).items() if name != MEMBER}
    return (*messages[:last], turn, *messages[last + 1 :]), rest or None


def taken(messages: tuple[Message, ...]) -> tuple[list[Message], list[Any]]:
    """The messages without the texts that `placed` put there, and their documents."""
    turns: list[Message] = []
    documents: list[Any] = []
    for message in messages:
        kept = []
        for part in message.parts:
            if isinstance(part, Text) and part.extra is not None and MEMBER in part.extra:
                documents.append(part.extra[MEMBER])
            else:
                kept.append(part)
        turns.append(replace(message, parts=tuple(kept)))
    return turns, documents


def _told(document: Any) -> str:
    """A document as text for a model: https://docs.cohere.com/docs/retrieval-augmented-generation-rag."""
    if not isinstance(document, dict):
        return arguments.to_text(document)
    named = f" {document['id']}" if "id" in document else ""
    return f"Document{named}:\n{arguments.to_text(document.get('data', document))}"
