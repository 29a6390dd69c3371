"""What is recorded about an attempt before it is made, since from then on it may cost money."""

from gateway.call import Call
from gateway.deployment import Line
from ledger.principal import Principal
from ledger.row import Begun


def begun(attempt_id: str, call: Call, who: Principal, line: Line, owed: tuple[int, int]) -> Begun:
    """The record of an attempt at a target. `owed`: its estimated input tokens, and at most nano-dollars."""
    return Begun(  # positional, in the fields' order: half the cost of keywords
        attempt_id,
        call.at_ms,
        who.key_id,
        who.user,
        who.team,
        who.organisation,
        call.endpoint,
        call.asked.model,
        line.vendor.name,
        line.model,
        call.deployment.book.version,
        owed[0],
        who.tags_json,
        owed[1],
    )
