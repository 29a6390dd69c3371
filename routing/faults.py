"""What a failed attempt means for the call, the target and the key: one table."""

from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple


class Fault(StrEnum):
    """Why an attempt failed."""

    CREDENTIALS = "credentials"  # the vendor does not accept this key, or it has no money left
    FORBIDDEN = "forbidden"  # this key may not use this model
    LIMITED = "limited"  # this key has asked too often
    BROKEN = "broken"  # 5xx, network, timeouts, answers that are none
    CROWDED = "crowded"  # we have too many calls there ourselves; the target is not to blame
    UNKNOWN_MODEL = "unknown_model"
    TOO_LONG = "too_long"  # the prompt does not fit into the model's window
    CONTENT = "content"  # the vendor refuses what the prompt is about
    EMPTY = "empty"  # the answer ended well and says nothing
    UNCOUNTED = "uncounted"  # the vendor has no counter of tokens
    UNSPEAKABLE = "unspeakable"  # the target's format cannot say what was asked; nothing was sent
    STRANGE = "strange"  # refused as no vendor's API refuses a call: by a proxy, a firewall, a wrong address
    REQUEST = "request"  # the call itself is wrong, wherever it goes


# key: the target's next key, then as `next`. next: the next target. larger: those with a larger window.
# alternative: those that the group names for it. stop: nobody else is asked.
Move = Literal["key", "next", "larger", "alternative", "stop"]
# Who is to blame: the target, its key, nobody; "alive": it answered as it should.
Blame = Literal["target", "key", "nobody", "alive"]


class Rule(NamedTuple):
    """What follows from a fault. `again`: the only target may be retried, after a while."""

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
