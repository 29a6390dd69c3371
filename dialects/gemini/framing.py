"""Splits a growing JSON array into its chunks."""

import re

from dialects.errors import Malformed

# Strings and brackets decide where an object ends. An incomplete string matches only as its opening quote.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|["{}\[\]]', re.DOTALL)


class JsonArray:
    """The Framing without `alt=sse`, `[{...},{...}]`: an event is an object and what precedes it."""

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        if b"}" not in buffer[seen:]:
            return [], buffer
        events, start, depth = [], 0, 0
        for token in _TOKEN.finditer(buffer):
            found = token[0]
            if found == b'"':
                break  # an incomplete string: the rest has not come yet
            if found == b"{" or (found == b"[" and depth):
                depth += 1
            elif found in (b"}", b"]") and depth:
                depth -= 1
                if not depth:
                    events.append(buffer[start : token.end()])
                    start = token.end()
            elif found[:1] == b'"' and not depth or found == b"}":
                raise Malformed("the stream is not an array of objects")
        return events, buffer[start:]
