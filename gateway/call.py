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

LONG_ANSWER = 1024  # bytes: so long a whole answer is pondered, where anybody does

TrailStep = tuple[str, str, str, dict[str, float | int | str]]  # stage, verdict, reason, numbers


class Connected(Protocol):
    """A client's connection, as far as it decides whether a call goes on without it."""

    disconnected: bool
    lingers: bool
    task: asyncio.Task[Any] | None


class Held(Protocol):
    """What attempts owe to the meters of their call."""

    cap: int | None  # tokens of output for each choice that a vendor must be told; None: as it was asked

    @property
    def drained(self) -> float:
        """The share that is used of that budget of the caller's which is used most; 0: there is none."""

    def attempt(self, size: int = 0, output: int | None = None) -> int:
        """One more attempt is about to be made, with a body of so many bytes that asks for so many tokens.

        Gives the nano-dollars that are held for it where a budget is hard, else 0. Raises OverBudget when
        nothing is left to pay it.
        """

    def spent(self, usage: Usage, cost: int, estimated: bool, sent: bool) -> int:
        """An attempt came to this; gives what hard budgets count beside the cost.

        `sent`: whether anything of it went to a vendor.
        """


class Call(msgspec.Struct):
    """One request. What has a default, `asked` and `trail` change on its way; the endpoint sets the rest."""

    id: str
    operation: Operation
    endpoint: str  # the operation's name, as rows and metrics have it
    dialect: Spoken
    body: bytes
    asked: Asked
    credential: bytes
    arrived: float  # monotonic seconds
    at_ms: int  # Unix milliseconds
    deployment: Deployment  # the configuration this call keeps to its end
    trail: list[TrailStep]
    attempts: int = 0  # rows written so far
    spent: int = 0  # nano-dollars, in those rows
    label: str = ""  # the route's, for metrics
    digest: bytes = b""  # the credential's SHA-256, where it is known
    forwarded: bytes = b""  # header lines for a vendor that speaks the caller's format
    headers: Sequence[Header] = ()  # as they came, names in lower case
    guard: str = ""  # what the guards did, for rows: flag, mask, redact, block or failed
    priority: int = 0  # its place in gateway.targets.admission.PRIORITIES
    waiting: Waiting | None = None  # once a vendor of a stream did not answer at once
    held: Held | None = None  # what was taken from meters for it; None: nothing limits it
    told: bytes = b""  # header lines that its answer carries about them
    check: Callable[[Line, bytes], None] | None = None  # of a whole answer; raises GatewayError
    ponder: Callable[[bytes], Awaitable[None]] | None = None  # looks at a long one before, beside the loop
    # Of a stream's last bytes, before its row; the same. What it gives is to be awaited first.
    foresee: Callable[[Sink, bytes], Awaitable[None] | None] | None = None
    finish: Callable[[], Awaitable[None]] | None = None  # to be awaited before its answer ends
    unsettled: list[Callable[[], None]] | None = None  # rows that wait for guards elsewhere; None: none waits
    caller: Connected | None = None  # the connection that waits for the answer; None: nobody does
    cache: str = ""  # what the cache said: hit, miss, …; "": it was not asked
    broken: UsageRow | None = None  # the row of the last attempt that came to no whole answer
    copied: Copy | None = None  # what was asked and answered, where that is kept
    account: str = ""  # which key of the vendor's its last attempt went by, by where that is kept
    # The only vendors that have what it names, each with the account that made it; None: it names nothing.
    pins: Mapping[str, str] | None = None
    # By placeholder what was masked: in what it goes on with, and once it is cleared in itself.
    masked: Mapping[str, str] | None = None
    served: UsageRow | None = None  # the row of the attempt whose answer this is, once that is complete


class Errand(NamedTuple):
    """A call in whose name somebody else is asked, before it is cleared or after it was answered."""

    call: Call
    principal: Principal
    waits: bool = True  # the call does, so what is asked is paid with what the call holds


class Cleared(msgspec.Struct, frozen=True):
    """A call that passed the guards: only they make one (`gateway.guardrails`); nothing else is routed."""

    call: Call
    principal: Principal
    body: bytes  # as it may leave: masked where a guard masked
    in_words: bytes | None = None  # the same for targets that have no schema mode
    shield: Shield | Glance | None = None  # what its answer needs; None: the answer passes as it comes
