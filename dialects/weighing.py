"""Estimates a request's tokens if no vendor has counted them."""

import re

# Models read base64 data as an image, pages or audio, not as its bytes. Anything shorter than this counts as
# text: it is few tokens either way.
_LONG = 16_384
_STEP = _LONG // 2  # between samples: no long string fits between two of them
_LOOK = 256  # bytes without a space, which is rare in text
_BYTES_PER_TOKEN = 4
# Audio has some 10 to 32 tokens per second, a PDF page 1,500 to 3,000: a few hundred bytes per token.
_PACKED_PER_TOKEN = 256
_PICTURE = 1_600  # the most tokens that an image of any size costs at most vendors
_NAME = re.compile(rb'"(?:data|bytes|file_data|images|inlineData)"\s*:\s*\[?\s*"$')
_URL = re.compile(rb"data:[^,]{0,100};base64,", re.IGNORECASE)


def weigh(body: bytes) -> int:
    """A rough token count of a request's body in any format; at least 1 unless it is empty."""
    size = len(body)
    return -(-size // _BYTES_PER_TOKEN) if size < _LONG else _weigh(body)


def _weigh(body: bytes) -> int:
    size = text = len(body)
    packed, at, seen = 0, _STEP, 0
    while at < size:
        if body.find(b" ", at, at + _LOOK) < 0:
            start, end = max(seen, body.rfind(b'"', seen, at) + 1), body.find(b'"', at)
            end = size if end < 0 else end
            if _is_packed(body, start):
                text -= end - start
                tokens = (end - start) // _PACKED_PER_TOKEN
                packed += min(tokens, _PICTURE) if _is_picture(body, start, end) else tokens
            at = seen = end  # so that no byte is scanned twice
        at += _STEP
    return text // _BYTES_PER_TOKEN + packed


def _is_packed(body: bytes, start: int) -> bool:
    return _URL.match(body, start) is not None or _NAME.search(body[max(0, start - 64) : start]) is not None


def _is_picture(body: bytes, start: int, end: int) -> bool:
    """Whether base64 data is an image: every format names the kind nearby."""
    return b"image" in body[max(0, start - 100) : start + 20] or b"image/" in body[end : end + 60]
