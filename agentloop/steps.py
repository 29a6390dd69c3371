"""One tool call of a run, from request to result; a table lists the legal transitions."""

from enum import Enum
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from agentloop.events import Effect, Limits, ToolCall


class StepState(Enum):
    """The state of a call. Those in `DONE` have an output for the model."""

    PLANNED = "planned"  # the model requested it
    ASKING = "asking"  # the checkpoint requires an approval
    AWAITING = "awaiting"  # an approval was requested
    ALLOWED = "allowed"
    INTENDED = "intended"  # it may be in flight
    DELEGATED = "delegated"  # a child run carries it out
    HANDED = "handed"  # the client carries it out
    UNKNOWN = "unknown"  # it may have taken effect, and a look-up can tell
    IN_DOUBT = "in_doubt"  # it may have taken effect, and only a person can tell
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DENIED = "denied"

    __hash__ = object.__hash__  # members are singletons, and Enum's own hash is a slow Python function


class Happening(Enum):
    """An event in the life of a step, which changes its state."""

    ALLOW = "allow"
    DENY = "deny"
    ASK = "ask"
    REQUESTED = "requested"
    ESCALATED = "escalated"
    APPROVED = "approved"
    REFUSED = "refused"
    INTENT = "intent"
    UNDERWAY = "under way"
    STARTED = "started"
    HANDED = "handed over"
    DONE = "done"
    FAILED = "failed"
    LOST_HARMLESS = "lost, and repeating is harmless"
    LOST_VISIBLE = "lost, and the outcome can be looked up"
    LOST_UNSAFE = "lost, and nobody can tell"
    FOUND = "found"
    NOT_FOUND = "not found"
    CONFIRMED = "confirmed"
    RETRY = "retry"
    GIVEN_UP = "given up"

    __hash__ = object.__hash__


S, H = StepState, Happening

NEXT: dict[tuple[StepState, Happening], StepState] = {
    (S.PLANNED, H.ALLOW): S.ALLOWED,
    (S.PLANNED, H.DENY): S.DENIED,
    (S.PLANNED, H.ASK): S.ASKING,
    (S.ASKING, H.REQUESTED): S.AWAITING,
    (S.AWAITING, H.ESCALATED): S.AWAITING,  # another group is asked
    # Limits, policies and kill switches may have changed while the approval was pending: judge it again.
    (S.AWAITING, H.APPROVED): S.PLANNED,
    (S.AWAITING, H.REFUSED): S.DENIED,
    (S.ALLOWED, H.INTENT): S.INTENDED,
    (S.ALLOWED, H.STARTED): S.DELEGATED,
    (S.ALLOWED, H.DONE): S.SUCCEEDED,  # calls that consist only of their event
    (S.ALLOWED, H.HANDED): S.HANDED,
    (S.HANDED, H.DONE): S.SUCCEEDED,
    (S.HANDED, H.FAILED): S.FAILED,
    (S.DELEGATED, H.DONE): S.SUCCEEDED,
    (S.DELEGATED, H.FAILED): S.FAILED,
    (S.ALLOWED, H.GIVEN_UP): S.FAILED,  # retries exhausted, and harmless
    (S.ALLOWED, H.LOST_UNSAFE): S.IN_DOUBT,  # retries exhausted, and it may have taken effect
    (S.INTENDED, H.UNDERWAY): S.INTENDED,  # its server returned a handle to poll
    (S.INTENDED, H.DONE): S.SUCCEEDED,
    (S.INTENDED, H.FAILED): S.FAILED,
    (S.INTENDED, H.LOST_HARMLESS): S.ALLOWED,
    (S.INTENDED, H.LOST_VISIBLE): S.UNKNOWN,
    (S.INTENDED, H.LOST_UNSAFE): S.IN_DOUBT,
    (S.UNKNOWN, H.FOUND): S.SUCCEEDED,
    (S.UNKNOWN, H.NOT_FOUND): S.ALLOWED,
    (S.UNKNOWN, H.LOST_UNSAFE): S.IN_DOUBT,  # the look-up failed
    # A worker believed dead may still report: its result is better than a guess.
    (S.IN_DOUBT, H.DONE): S.SUCCEEDED,
    (S.IN_DOUBT, H.FAILED): S.FAILED,
    (S.IN_DOUBT, H.CONFIRMED): S.SUCCEEDED,
    (S.IN_DOUBT, H.RETRY): S.ALLOWED,
    (S.IN_DOUBT, H.GIVEN_UP): S.FAILED,
}

_CLEARING = frozenset([H.NOT_FOUND, H.RETRY])

DONE = frozenset([S.SUCCEEDED, S.FAILED, S.DENIED])

LOST: dict[Effect, Happening] = {
    "read": H.LOST_HARMLESS,
    "idempotent": H.LOST_HARMLESS,
    "keyed": H.LOST_HARMLESS,  # the tool recognises the idempotency key
    "transactional": H.LOST_HARMLESS,  # effect and outcome are one transaction: no outcome, no effect
    "queryable": H.LOST_VISIBLE,
    "unsafe": H.LOST_UNSAFE,
}


# For `base32`: masks that select the lower half of the 5-bit digits in each group.
_LOWER = [
    (half, sum((1 << 5 * half) - 1 << at for at in range(0, 512, 16 * half))) for half in (32, 16, 8, 4, 2, 1)
]
_SIGNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".ljust(256)


class IllegalMove(Exception):
    """An event that cannot follow those before it: the journal or the code is wrong, and the run stops."""


class Step(msgspec.Struct, frozen=True):
    """One tool call. `output` is for the model once the state is in `DONE`."""

    call: ToolCall
    number: int  # among all tool calls of the run, from 1
    state: StepState = StepState.PLANNED
    effect: Effect = "unsafe"
    approved_by: str = ""
    approval_id: str = ""
    arguments_sha256: str = ""
    group: str = ""
    expires_ms: int = 0
    next_group: str = ""  # asked when `expires_ms` has passed
    next_ms: int = 0
    key: str = ""
    attempt: int = 0
    cleared: int = 0  # attempts known to have had no effect
    retried: int = 0  # attempts made before an operator ordered a retry
    handle: str = ""  # with which its server is polled for the result
    until_ms: int = 0
    wake_ms: int = 0  # when it is polled next, if the run rests until then
    rests: int = 0
    output: str = ""
    draws: Limits | None = None  # limits of its child run
    child: str = ""  # id of that run
    recalled: bool = False
    hands_over: bool = False
    word: bool = False
    theirs: bool = False
    rules: tuple[str, ...] = ()  # those that decided on it

    @property
    def done(self) -> bool:
        """Whether there is an output for the model."""
        return self.state in DONE

    def moved(self, happening: Happening, **changes: object) -> "Step":
        """The step after this Happening, with these changes to its fields. Raises IllegalMove."""
        state = NEXT.get((self.state, happening))
        if state is None:
            raise IllegalMove(
                f"the tool call {self.call.call_id} is {self.state.value}; '{happening.value}' cannot follow"
            )
        if happening in _CLEARING:
            changes["cleared"] = self.attempt
        if happening is Happening.RETRY:
            changes["retried"] = self.attempt
        return replace(self, state=state, **changes)

    @property
    def lost_attempts(self) -> int:
        """How many earlier attempts may have had an effect."""
        if self.effect == "read":
            return 0
        return self.attempt - self.cleared - (self.state is StepState.INTENDED)

    def told_to_end(self) -> "Step":
        """The step after its child run was asked to end."""
        return replace(self, recalled=True)

    def left(self) -> "Step":
        """The step after its worker left: with a handle, its server is polled; otherwise it is lost."""
        return replace(self, wake_ms=0) if self.handle else self.lost()

    def lost(self) -> "Step":
        """The step after its outcome can no longer be determined."""
        return self.moved(LOST[self.effect], handle="", until_ms=0, wake_ms=0, rests=0)


def idempotency_key(run_id: str, number: int, tool: str, arguments_sha256: str) -> str:
    """40 characters, identical for every attempt of one step, on every machine."""
    parts = "\x1f".join((run_id, str(number), tool, arguments_sha256))
    return base32(sha256(parts.encode()).digest()[:25])


def base32(data: bytes) -> str:
    """Equals `base64.b32encode` of 25 bytes, in six steps instead of one for each two characters."""
    bits = int.from_bytes(data, "big")
    for half, mask in _LOWER:  # until each 5-bit digit has a byte of its own
        lower = bits & mask
        bits = (bits ^ lower) << 3 * half | lower
    return bits.to_bytes(40, "big").translate(_SIGNS).decode()
