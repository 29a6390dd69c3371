"""What an attempt used, counted by a rule of thumb where its vendor did not say."""

import msgspec

from dialects.dialect import StreamReader
from dialects.usage import Usage
from gateway.call import Cleared
from gateway.upstream import Response


def counted(
    reader: StreamReader | None, text_length: int, response: Response | None, cleared: Cleared
) -> Usage:
    """Four bytes make a token; of a stream that told its usage at its beginning, that is kept."""
    received = 0 if response is None else response.received
    text = reader.text_length if reader is not None else text_length or received
    output = -(-text // 4)
    opening = reader.opening if reader is not None else None
    if opening is not None:
        return msgspec.structs.replace(opening, output=max(output, opening.output))
    return Usage(input=cleared.call.dialect.input_estimate(cleared.body), output=output)
