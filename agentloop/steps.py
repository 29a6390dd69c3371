"""One tool call of a run from request to result, whose legal transitions are a table."""

from enum import Enum
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from agentloop.events import Effect, Limits, ToolCall


class StepState(Enum):
    """The state of a call. Those in `DONE` have an output for the model."""

    PLANNED = "planned"  # the model asked for it
    ASKING = "asking"  # the door wants a person's word
    AWAITING = "awaiting"  # the person was asked
    ALLOWED = "allowed"
    INTENDED = "intended"  # it may be in the air
    DELEGATED = "delegated"  # another run does it
    HANDED = "handed"  # whoever asks the agent does it
    UNKNOWN = "unknown"  # it may have happened, and that can be looked up
    IN_DOUBT = "in_doubt"  # it may have happened, and only a person can tell
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DENIED = "denied"

    __hash__ = object.__hash__  # each is there once; what Enum does is a call of Python's


class Happening(Enum):
    """What moves a step."""

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
    (S.AWAITING, H.ESCALATED): S.AWAITING,  # others are asked
    # Limits, policies and kill switches may have changed while a person thought: it is judged once more.
    (S.AWAITING, H.APPROVED): S.PLANNED,
    (S.AWAITING, H.REFUSED): S.DENIED,
    (S.ALLOWED, H.INTENT): S.INTENDED,
    (S.ALLOWED, H.STARTED): S.DELEGATED,
    (S.ALLOWED, H.DONE): S.SUCCEEDED,  # what is done by being written down
    (S.ALLOWED, H.HANDED): S.HANDED,
    (S.HANDED, H.DONE): S.SUCCEEDED,
    (S.HANDED, H.FAILED): S.FAILED,
    (S.DELEGATED, H.DONE): S.SUCCEEDED,
    (S.DELEGATED, H.FAILED): S.FAILED,
    (S.ALLOWED, H.GIVEN_UP): S.FAILED,  # tried in vain, and harmless
    (S.ALLOWED, H.LOST_UNSAFE): S.IN_DOUBT,  # tried in vain, and it may have happened
    (S.INTENDED, H.UNDERWAY): S.INTENDED,  # its server gave a handle by which it is asked
    (S.INTENDED, H.DONE): S.SUCCEEDED,
    (S.INTENDED, H.FAILED): S.FAILED,
    (S.INTENDED, H.LOST_HARMLESS): S.ALLOWED,
    (S.INTENDED, H.LOST_VISIBLE): S.UNKNOWN,
    (S.INTENDED, H.LOST_UNSAFE): S.IN_DOUBT,
    (S.UNKNOWN, H.FOUND): S.SUCCEEDED,
    (S.UNKNOWN, H.NOT_FOUND): S.ALLOWED,
    (S.UNKNOWN, H.LOST_UNSAFE): S.IN_DOUBT,  # it cannot be looked up after all
    # The worker that was thought dead may still tell: its word is better than any guess.
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
    "keyed": H.LOST_HARMLESS,  # the tool knows the key again
    "transactional": H.LOST_HARMLESS,  # effect and outcome are one transaction: no outcome, no effect
    "queryable": H.LOST_VISIBLE,
    "unsafe": H.LOST_UNSAFE,
}


# For `base32`: of the fives of bits in each group, the lower half of them.
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
    next_group: str = ""  # who is asked when that is over
    next_ms: int = 0
    key: str = ""
    attempt: int = 0
    cleared: int = 0  # attempts that are known to have done nothing
    retried: int = 0  # attempts before an operator wanted another one
    handle: str = ""  # by which its server is asked what became of it
    until_ms: int = 0
    wake_ms: int = 0  # when it is asked next, where the run rests until then
    rests: int = 0
    output: str = ""
    draws: Limits | None = None  # what the run that does it may use
    child: str = ""  # that run
    recalled: bool = False
    hands_over: bool = False
    word: bool = False
    theirs: bool = False
    rules: tuple[str, ...] = ()  # that decided on it

    @property
    def done(self) -> bool:
        """Whether there is an output for the model."""
        return self.state in DONE

    def moved(self, happening: Happening, **changes: object) -> "Step":
        """The step after something happened to it. Raises IllegalMove."""
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
        """The step after the run that does it was told so."""
        return replace(self, recalled=True)

    def left(self) -> "Step":
        """The step after whoever ran it went away: with a handle its server is asked."""
        return replace(self, wake_ms=0) if self.handle else self.lost()

    def lost(self) -> "Step":
        """The step after its outcome can no longer be determined."""
        return self.moved(LOST[self.effect], handle="", until_ms=0, wake_ms=0, rests=0)


def idempotency_key(run_id: str, number: int, tool: str, arguments_sha256: str) -> str:
    """40 characters, the same for every attempt of one step, on every machine."""
    parts = "\x1f".join((run_id, str(number), tool, arguments_sha256))
    return base32(sha256(parts.encode()).digest()[:25])


def base32(data: bytes) -> str:
    """As `base64.b32encode` has it, of 25 bytes: in six steps instead of one for each two signs."""
    bits = int.from_bytes(data, "big")
    for half, mask in _LOWER:  # until each five of bits is in a byte of its own
        lower = bits & mask
        bits = (bits ^ lower) << 3 * half | lower
    return bits.to_bytes(40, "big").translate(_SIGNS).decode()
