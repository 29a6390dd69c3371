"""What is written down of an attempt before it is made: from then on it may owe something."""

from gateway.call import Cleared
from gateway.deployment import Line
from ledger.row import Begun


def begun(attempt_id: str, cleared: Cleared, line: Line, most: int) -> Begun:
    """Of an attempt at a target, for which a hard budget holds `most` nano-dollars."""
    call, who = cleared.call, cleared.principal
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
        call.dialect.input_estimate(call.body),
        who.tags_json,
        most,
    )
