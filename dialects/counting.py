"""Token-counting requests, in the formats that have them."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import msgspec

from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, Dialect, Reply, StreamReader, WholeAnswer
from dialects.features import fit
from dialects.translating import Outgoing
from dialects.usage import Usage

_FREE = WholeAnswer(Usage(), None, 0)  # no vendor bills counting


class CountWriter(Protocol):
    """Writes the request that asks a vendor to count."""

    def __call__(self, conversation: Conversation, to: Destination) -> bytes: ...


class Counting(NamedTuple):
    """One format's count request and answer, for clients and for vendors."""

    dialect: Dialect
    read_request: Callable[[bytes], Conversation]  # raises Malformed
    write_request: CountWriter
    read_answer: Callable[[bytes], int]  # raises Malformed
    write_answer: Callable[[int], bytes]


class Counted:
    """A Passage for count requests, to a vendor of the same format or another."""

    translates = True

    def __init__(self, caller: Counting, vendor: Counting) -> None:
        self._caller = caller
        self._vendor = vendor
        self.read_error = vendor.dialect.read_error

    def request(self, body: bytes, asked: Asked, to: Destination) -> Outgoing:
        conversation = msgspec.structs.replace(self._caller.read_request(body), model=asked.model)
        fitted, dropped = fit(conversation, self._vendor.dialect, to)
        return Outgoing(self._vendor.write_request(fitted, to), dropped, fitted)

    def answer(self, body: bytes, sent: Outgoing, reply: Callable[[], Reply]) -> tuple[WholeAnswer, bytes]:
        return _FREE, self._caller.write_answer(self._vendor.read_answer(body))

    def reader(self, asked: Asked, sent: Outgoing, reply: Callable[[], Reply]) -> StreamReader:
        raise NotImplementedError("a count is never streamed")
