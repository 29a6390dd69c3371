"""Serves token-counting requests, which are not billed."""

from collections.abc import Iterator

from dialects.counting import Counting
from dialects.errors import Malformed, VendorError
from dialects.usage import Usage
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.script import Event, Part, Stamp
from gateway.vendors.sim.typed import input_tokens


class CountRequest:
    """The parts of a count request that the simulator uses."""

    __slots__ = ("_counting", "_tokens", "behaviour", "model", "stream")

    def __init__(self, counting: Counting, body: bytes, model: str = "") -> None:
        """Read a request, the model of which may be in the path. Raises `Refused` if it is invalid."""
        try:
            asked = counting.read_request(body)
        except Malformed as error:
            raise Refused(400, error.message, param=error.param, code=error.code or "invalid_value") from None
        self._counting = counting
        self._tokens = input_tokens(asked)
        self.model = model or asked.model
        self.stream = False
        self.behaviour: str | None = None

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> "CountReply":
        """The same number that an answer to this request would be billed for."""
        return CountReply(self._counting, self._tokens)


class CountReply:
    """A token count. It is never streamed and uses no tokens."""

    __slots__ = ("_counting", "_tokens", "usage", "written")

    def __init__(self, counting: Counting, tokens: int) -> None:
        self._counting = counting
        self._tokens = tokens
        self.usage = Usage()
        self.written = 0

    @property
    def stream_type(self) -> bytes:
        return self._counting.dialect.stream_type

    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        return self._counting.write_answer(self._tokens)

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        return iter(())

    def broken(self) -> bytes:
        return b"{"

    def failure(self, *, stream: bool) -> bytes:
        failed = VendorError("The simulated model failed.", type="server_error", code="simulated_failure")
        return self._counting.dialect.write_error(failed, 500)
