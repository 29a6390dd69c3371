"""Estimates the tokens of a request where nobody has counted them."""

import re

# Data that is packed in base64 is read as a picture, pages or sound, and not as its bytes. What is shorter
# than this is taken for text: it is few tokens either way.
_LONG = 16_384
_STEP = _LONG // 2  # between looks: none of those that are long lies between two of them
_LOOK = 256  # bytes without a space, as text seldom has them
_BYTES_PER_TOKEN = 4
# Sound has some 10 to 32 tokens a second, a page of PDF 1,500 to 3,000: a few hundred bytes to a token.
_PACKED_PER_TOKEN = 256
_PICTURE = 1_600  # tokens that a picture has at most with most vendors, however large it is
_NAME = re.compile(rb'"(?:data|bytes|file_data|images|inlineData)"\s*:\s*\[?\s*"$')
_URL = re.compile(rb"data:[^,]{0,100};base64,", re.IGNORECASE)


def weigh(body: bytes) -> int:
    """Tokens of a request's body, of whatever format, roughly: never less than one for something."""
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
            at = seen = end  # so that no byte is looked at twice
        at += _STEP
    return text // _BYTES_PER_TOKEN + packed


def _is_packed(body: bytes, start: int) -> bool:
    return _URL.match(body, start) is not None or _NAME.search(body[max(0, start - 64) : start]) is not None


def _is_picture(body: bytes, start: int, end: int) -> bool:
    """By what stands about it: each format names the kind close by."""
    return b"image" in body[max(0, start - 100) : start + 20] or b"image/" in body[end : end + 60]
