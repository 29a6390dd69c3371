"""What an attempt is billed for: the vendor's usage, or our own count if that is missing."""

import msgspec

from dialects.dialect import StreamReader, WholeAnswer
from dialects.usage import Usage
from gateway.call import Cleared
from gateway.upstream import Response

NOTHING = Usage()
# Statuses of success: OK, created, or transformed by a proxy.
ANSWERS = frozenset([200, 201, 203])


def billed(
    reader: StreamReader | None,
    answer: WholeAnswer | None,
    response: Response | None,
    cleared: Cleared,
) -> tuple[Usage, bool]:
    """The usage of an attempt that reached its vendor, and whether it is our own estimate.

    Usage in a stream is final only if the answer ended: many vendors report a running total in each event.
    """
    if reader is None:
        if answer is not None and answer.usage is not None:
            return answer.usage, False
    elif reader.usage is not None and (reader.finished or reader.done):
        return reader.usage, False
    if response is not None and response.status not in ANSWERS:
        return NOTHING, False  # vendors do not bill refusals
    return counted(reader, 0 if answer is None else answer.text_length, response, cleared), True


def counted(
    reader: StreamReader | None, text_length: int, response: Response | None, cleared: Cleared
) -> Usage:
    """Our own count: four bytes make a token, and usage that a stream has reported is the lower bound."""
    received = 0 if response is None else response.received
    text = reader.text_length if reader is not None else text_length or received
    output = 0 if cleared.call.operation.embeds else -(-text // 4)
    told = None if reader is None else reader.usage or reader.opening
    if told is None:
        return Usage(input=cleared.call.dialect.input_estimate(cleared.body), output=output)
    return msgspec.structs.replace(told, output=max(output, told.output))
