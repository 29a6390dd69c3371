"""How one call is answered: its pace, length, usage, tool calls and fault."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gateway.vendors.sim.errors import Refused

FaultKind = Literal[
    "refuse",
    "status",
    "stall_headers",
    "stall_content",
    "cut_text",
    "cut_tool",
    "malformed",
    "inband_error",
    "no_usage",
    "no_finish",
    "late",
]
# A tool call's first event only names the tool, so the second is the first with arguments.
AFTER: Mapping[str, int] = MappingProxyType(
    {"stall_content": 0, "cut_text": 1, "cut_tool": 2, "malformed": 1, "inband_error": 1}
)
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
HeaderValue = Annotated[str, Meta(pattern=r"^[\t -~]*$")]
Milliseconds = Annotated[float, Meta(ge=0, le=3_600_000)]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
Positive = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that goes wrong, and when.

    It applies to the requests that meet all of its conditions: `models`, `keys`, `first`, `every` and
    `probability`.
    """

    kind: FaultKind
    after: Count | None = None  # content events sent before it happens; None: as in `AFTER`
    status: Annotated[int, Meta(ge=200, le=599)] = 500
    headers: Mapping[HeaderName, HeaderValue] = msgspec.field(default_factory=dict)
    body: Any = None  # a string is sent as it is, anything else as JSON; None: an error of the dialect
    end: Literal["reset", "close"] = "reset"  # how a connection is cut: RST, or FIN in the middle of the body
    ms: Milliseconds = 0  # how late an answer is
    models: tuple[str, ...] | None = None
    keys: tuple[str, ...] | None = None  # API keys of callers
    first: Positive | None = None  # only the first k requests
    every: Positive | None = None  # only every nth request
    probability: Annotated[float, Meta(ge=0, le=1)] | None = None


class StatedUsage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Exact token counts to report and bill; those that are None are counted."""

    input: Count | None = None
    cached: Count | None = None
    output: Count | None = None
    reasoning: Count | None = None
    written: Count | None = None  # to a cache
    written_1h: Count | None = None  # of `written`, with a lifetime of an hour


class ScriptedCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One tool call to answer with. Arguments given as a string are sent as they are, even if malformed."""

    name: str
    arguments: Any = msgspec.field(default_factory=dict)


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that can be asked of the simulator for a call; None leaves it to the next layer."""

    headers_ms: Milliseconds | None = None  # from the request to the response's headers
    first_ms: Milliseconds | None = None  # from the headers to the first token
    tokens_per_second: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None  # None: as fast as possible
    tokens_per_event: Positive | None = None
    length: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None  # tokens of text
    text: str | None = None
    reasoning: str | None = None
    usage: StatedUsage | None = None
    tool_calls: tuple[ScriptedCall, ...] | None = None
    headers: Mapping[HeaderName, HeaderValue] | None = (
        None  # added to the response's headers, or replacing them
    )
    fault: Fault | None = None


class ServerBehaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The behaviour of every request that does not specify its own."""

    behaviour: Behaviour = Behaviour()
    faults: tuple[Fault, ...] = ()
    seed: int | None = None  # of the random draws; None: the simulator's own


class _Flat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A behaviour in the short form, `first_ms=200,fault=status,status=429`."""

    headers_ms: Milliseconds | None = None
    first_ms: Milliseconds | None = None
    tps: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    per_event: Positive | None = None
    length: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    text: str | None = None
    input: Count | None = None
    cached: Count | None = None
    output: Count | None = None
    reasoning: Count | None = None
    written: Count | None = None
    written_1h: Count | None = None
    call: str | None = None
    fault: FaultKind | None = None
    after: Count | None = None
    status: Annotated[int, Meta(ge=200, le=599)] = 500
    retry_after: Count | None = None
    end: Literal["reset", "close"] = "reset"
    ms: Milliseconds = 0
    first: Positive | None = None
    every: Positive | None = None
    probability: Annotated[float, Meta(ge=0, le=1)] | None = None

    def behaviour(self) -> Behaviour:
        counts = (self.input, self.cached, self.output, self.reasoning, self.written, self.written_1h)
        return Behaviour(
            headers_ms=self.headers_ms,
            first_ms=self.first_ms,
            tokens_per_second=self.tps,
            tokens_per_event=self.per_event,
            length=self.length,
            text=self.text,
            usage=None if all(count is None for count in counts) else StatedUsage(*counts),
            tool_calls=None if self.call is None else (ScriptedCall(self.call),),
            fault=self._fault(),
        )

    def _fault(self) -> Fault | None:
        if self.fault is None:
            return None
        return Fault(
            self.fault,
            after=self.after,
            status=self.status,
            headers={} if self.retry_after is None else {"retry-after": str(self.retry_after)},
            end=self.end,
            ms=self.ms,
            first=self.first,
            every=self.every,
            probability=self.probability,
        )


_DECODER = msgspec.json.Decoder(Behaviour)


def read_behaviour(text: str) -> Behaviour:
    """Read a behaviour in either form, a JSON object or `key=value,key=value`. Raises `Refused`."""
    try:
        if text.lstrip().startswith("{"):
            return _DECODER.decode(text)
        return msgspec.convert(_pairs(text), _Flat, strict=False).behaviour()
    except msgspec.DecodeError as problem:
        raise Refused(
            400,
            f"The simulator does not understand the behaviour {text[:200]!r}: {problem}. "
            f"Write a JSON object with any of {', '.join(Behaviour.__struct_fields__)}; "
            f"or key=value,key=value with any of {', '.join(_Flat.__struct_fields__)}.",
            code="invalid_sim_behaviour",
        ) from None


def _pairs(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(",") if pair.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


def merged(over: Behaviour, under: Behaviour) -> Behaviour:
    """`over`, with what it leaves None taken from `under`."""
    return Behaviour(
        *(
            mine if mine is not None else yours
            for mine, yours in zip(msgspec.structs.astuple(over), msgspec.structs.astuple(under), strict=True)
        )
    )
