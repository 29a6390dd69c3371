"""What a failed attempt means for the call, the target and the key: one table."""

from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple


class Fault(StrEnum):
    """Why an attempt failed."""

    CREDENTIALS = "credentials"  # the vendor rejects this key, or its account has no credit left
    FORBIDDEN = "forbidden"  # this key may not use this model
    LIMITED = "limited"  # this key exceeded a rate limit
    BROKEN = "broken"  # 5xx, network errors, timeouts, unreadable answers
    CROWDED = "crowded"  # we ran out of sockets or of connections to it; the target is not to blame
    UNKNOWN_MODEL = "unknown_model"
    TOO_LONG = "too_long"  # the prompt does not fit into the model's window
    CONTENT = "content"  # the vendor refuses the content
    EMPTY = "empty"  # the answer ended normally but contains nothing
    UNCOUNTED = "uncounted"  # the vendor cannot count tokens
    UNSPEAKABLE = "unspeakable"  # the target's format cannot express the request; nothing was sent
    STRANGE = "strange"  # a status that vendors' APIs do not use: a proxy, a firewall, a wrong address
    REQUEST = "request"  # the request itself is wrong, at any target


# key: the target's next key, then as `next`. next: the next target. larger: targets with a larger window.
# alternative: the targets that the group names for it. stop: no other attempt is made.
Move = Literal["key", "next", "larger", "alternative", "stop"]
# What is to blame: the target, its key, nobody; "alive": the target is healthy.
Blame = Literal["target", "key", "nobody", "alive"]


class Rule(NamedTuple):
    """What follows from a fault. `again`: a plan's only target may be retried after a backoff."""

    move: Move
    blame: Blame
    again: bool = False


RULES = MappingProxyType(
    {
        Fault.CREDENTIALS: Rule("key", "key"),
        Fault.FORBIDDEN: Rule("key", "key"),
        Fault.LIMITED: Rule("key", "key", again=True),
        Fault.BROKEN: Rule("next", "target", again=True),
        Fault.CROWDED: Rule("next", "nobody"),
        Fault.UNKNOWN_MODEL: Rule("next", "target"),
        Fault.TOO_LONG: Rule("larger", "alive"),
        Fault.CONTENT: Rule("alternative", "alive"),
        Fault.EMPTY: Rule("next", "alive", again=True),
        Fault.UNCOUNTED: Rule("next", "nobody"),
        Fault.UNSPEAKABLE: Rule("next", "nobody"),
        Fault.STRANGE: Rule("next", "target"),
        Fault.REQUEST: Rule("stop", "alive"),
    }
)
