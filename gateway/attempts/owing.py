"""What is recorded about an attempt before it is made, since from then on it may cost money."""

from gateway.call import Call
from gateway.deployment import Line
from ledger.principal import Principal
from ledger.row import Begun


def begun(attempt_id: str, call: Call, who: Principal, line: Line, owed: tuple[int, int]) -> Begun:
    """Of an attempt at a target. `owed`: its input in tokens, as estimated, and nano-dollars at most."""
    return Begun(  # in the fields' order, which costs half of naming them
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
