"""A client's request, and everything that is known about it along the request path."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from config.kinds import Operation
from dialects.dialect import Asked, Spoken
from dialects.usage import Usage
from gateway.attempts.waiting import Waiting
from gateway.contents.copying import Copy
from gateway.deployment import Deployment, Line
from gateway.errors import Header
from gateway.frames import Sink
from gateway.guardrails.cordons import Glance
from gateway.guardrails.shield import Shield
from ledger.principal import Principal
from ledger.row import UsageRow

LONG_ANSWER = 1024  # bytes: from here on `Call.ponder` inspects a whole answer first

TrailStep = tuple[str, str, str, dict[str, float | int | str]]  # stage, verdict, reason, numbers


class Connected(Protocol):
    """The part of a client's connection that decides whether its call continues without it."""

    disconnected: bool
    lingers: bool
    task: asyncio.Task[Any] | None


class Held(Protocol):
    """What a call has reserved from its meters, and what its attempts use of that."""

    cap: int | None  # output tokens per choice to send to the vendor; None: as the caller asked

    @property
    def drained(self) -> float:
        """The used share of the caller's most used budget; 0 if there is none."""

    def attempt(self, size: int = 0, output: int | None = None) -> int:
        """Reserves for one more attempt, with a body of `size` bytes that asks for `output` tokens.

        Returns the nano-dollars held for it if a budget is hard, otherwise 0. Raises OverBudget if it
        cannot be paid.
        """

    def spent(self, usage: Usage, cost: int, estimated: bool, sent: bool) -> int:
        """Settles one attempt; returns what hard budgets count in addition to the cost.

        `sent`: whether any byte of it went to a vendor.
        """


class Call(msgspec.Struct):
    """One request. The endpoint sets the fields without a default; the others change along the path."""

    id: str
    operation: Operation
    endpoint: str  # the operation's name in rows and metrics
    dialect: Spoken
    body: bytes
    asked: Asked
    credential: bytes
    arrived: float  # monotonic seconds
    at_ms: int  # Unix milliseconds
    deployment: Deployment  # the configuration that this call keeps to its end
    trail: list[TrailStep]
    attempts: int = 0  # rows written so far
    spent: int = 0  # nano-dollars, in those rows
    label: str = ""  # the route's, for metrics
    digest: bytes = b""  # the credential's SHA-256, if it is known
    forwarded: bytes = b""  # header lines for a vendor that speaks the caller's format
    headers: Sequence[Header] = ()  # as received, names in lower case
    guard: str = ""  # what the guards did, for rows: flag, mask, redact, block or failed
    priority: int = 0  # index into gateway.targets.admission.PRIORITIES
    waiting: Waiting | None = None  # keep-alives, if a stream's vendor did not answer at once
    held: Held | None = None  # its reservation; None: no limits or budgets apply
    told: bytes = b""  # rate-limit header lines for its answer
    check: Callable[[Line, bytes], None] | None = None  # validates a whole answer; raises GatewayError
    ponder: Callable[[bytes], Awaitable[None]] | None = None  # inspects a long one first, off the event loop
    # The same for a stream's last bytes, before its row is written; await its result, if not None.
    foresee: Callable[[Sink, bytes], Awaitable[None] | None] | None = None
    finish: Callable[[], Awaitable[None]] | None = None  # awaited before its answer ends
    unsettled: list[Callable[[], None]] | None = None  # writers of rows that await remote guards; None: none
    caller: Connected | None = None  # the connection waiting for the answer; None: there is none
    cache: str = ""  # the cache's verdict: hit, miss, …; "": no lookup
    broken: UsageRow | None = None  # the row of the last attempt without a complete answer
    copied: Copy | None = None  # prompt and answer, if the team stores contents
    account: str = ""  # which of the vendor's keys its last attempt used, named by where the key is stored
    # The only vendors that hold the objects it refers to, with the account of each; None: no such objects.
    pins: Mapping[str, str] | None = None
    # Masked values by placeholder: those of the response it continues and, once cleared, its own.
    masked: Mapping[str, str] | None = None
    served: UsageRow | None = None  # the row of the attempt that answered, once it is complete
    rows: list[UsageRow] | None = None  # its attempts' rows, if a trace is to show them


class Errand(NamedTuple):
    """A call on whose behalf another model is called, before it is cleared or after it was answered."""

    call: Call
    principal: Principal
    waits: bool = True  # the call waits for it, so it is paid from the call's reservation


class Cleared(msgspec.Struct, frozen=True):
    """A call that passed the guards: only `gateway.guardrails` makes one, and nothing else is routed."""

    call: Call
    principal: Principal
    body: bytes  # as it may be sent, with values masked by guards
    in_words: bytes | None = None  # the same with the schema in words, for targets without a schema mode
    shield: Shield | Glance | None = None  # what its answer needs; None: the answer passes unchanged
