"""Splits a growing JSON array into its chunks."""

import re

from dialects.errors import Malformed

# A text, or a bracket: all that decides where an object ends. A text that is not whole matches nothing.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|["{}\[\]]', re.DOTALL)


class JsonArray:
    """`[{...},{...}]`, a stream without `alt=sse`: an event is an object with what precedes it."""

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        if b"}" not in buffer[seen:]:
            return [], buffer
        events, start, depth = [], 0, 0
        for token in _TOKEN.finditer(buffer):
            found = token[0]
            if found == b'"':
                break  # a text without its end: the rest is not whole yet
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
