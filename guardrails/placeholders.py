"""Placeholders: they replace values that must not leave, and are replaced by them again.

`<EMAIL_7f3a9c21e04b>` is a type and a keyed digest of the scope, the type and the value. Within a scope, a
value has the same placeholder in every message and turn, and no two values share one. Making one requires the
key.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

DIGITS = 12  # hexadecimal: 48 bits
MOST_DIGITS = 64
LITERAL = "LITERAL"  # the type of the caller's own text that looks like a placeholder
LOOKALIKE = rb"<[A-Z][A-Z0-9_]{1,30}_[0-9a-f]{12,64}>"
LONGEST = 1 + 31 + 1 + MOST_DIGITS + 1
_PLACE = re.compile(LOOKALIKE)


@lru_cache(maxsize=1024)
def _keyed(secret: bytes, scope: str) -> "hashlib.blake2b":
    """A hash keyed for the scope, with no data yet."""
    key = hashlib.blake2b(scope.encode(), key=hashlib.blake2b(secret).digest()).digest()
    return hashlib.blake2b(key=key, digest_size=MOST_DIGITS // 2)


class Placeholders:
    """The placeholders of one request; only these are ever restored. A value of the earlier request that it
    continues keeps its placeholder."""

    __slots__ = ("_keyed", "_names", "values")

    def __init__(self, secret: bytes, scope: str, earlier: Mapping[str, str] | None = None) -> None:
        self._keyed = _keyed(secret, scope)
        self._names: dict[tuple[str, bytes], str] = {}
        self.values: dict[str, str] = {}  # by placeholder
        for name, value in (earlier or {}).items():
            self.values[name] = value
            self._names[name[1:].rpartition("_")[0], value.encode("utf-8", "surrogatepass")] = name

    def of(self, kind: str, value: bytes) -> str:
        """The placeholder of a value; issued if it has none yet."""
        known = self._names.get((kind, value))
        if known is not None:
            return known
        keyed = self._keyed.copy()
        keyed.update(b"%b\0%b" % (kind.encode(), value))
        digest, digits = keyed.hexdigest(), DIGITS
        while (name := f"<{kind}_{digest[:digits]}>") in self.values and digits < MOST_DIGITS:
            digits += 1
        self.values[name] = value.decode("utf-8", "surrogatepass")
        self._names[kind, value] = name
        return name


def lookalikes(text: bytes) -> Iterable[re.Match[bytes]]:
    """The parts of the text that look like placeholders."""
    return _PLACE.finditer(text)
