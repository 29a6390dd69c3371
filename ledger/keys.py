"""The format of a key: `sk-sb-<id>-<secret><checksum>`, made and parsed without any lookup."""

import hashlib
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

PREFIX = "sk-sb-"
ID_LENGTH = 10
SECRET_LENGTH = 33  # base62 of 192 random bits
CHECKSUM_LENGTH = 6  # base62 of 32 bits
KEY_LENGTH = len(PREFIX) + ID_LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH

# Crockford's alphabet: no letters that are easily confused when a key's id is read aloud.
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FORM = re.compile(rf"sk-sb-([{_BASE32}]{{{ID_LENGTH}}})-[0-9A-Za-z]{{{SECRET_LENGTH + CHECKSUM_LENGTH}}}")

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class MintedKey:
    """A new key. The plaintext exists only here: show it once, then discard it."""

    id: str
    plaintext: str = field(repr=False)
    hash: str  # SHA-256 of the plaintext, hexadecimal: all that is stored


@dataclass(frozen=True, slots=True)
class ParsedKey:
    """A credential in the format of a key with a valid checksum. It need not exist."""

    id: str
    digest: bytes = field(repr=False)  # SHA-256 of the credential


def mint(random: RandomBytes) -> MintedKey:
    """A new key from `random(n)`, which returns n secret random bytes (`secrets.token_bytes`)."""
    key_id = encode(int.from_bytes(random(7)) >> 6, _BASE32, ID_LENGTH)  # 50 of 56 bits
    secret = encode(int.from_bytes(random(24)), _BASE62, SECRET_LENGTH)
    body = f"{PREFIX}{key_id}-{secret}"
    plaintext = body + checksum(body.encode())
    return MintedKey(key_id, plaintext, hashlib.sha256(plaintext.encode()).hexdigest())


def parse(credential: bytes) -> ParsedKey | None:
    """Parses a credential; None if its format or checksum is wrong, as in every mistyped key."""
    if len(credential) != KEY_LENGTH or not credential.isascii():
        return None
    text = credential.decode("ascii")
    form = _FORM.fullmatch(text)
    if form is None or checksum(credential[:-CHECKSUM_LENGTH]) != text[-CHECKSUM_LENGTH:]:
        return None
    return ParsedKey(form[1], hashlib.sha256(credential).digest())


def checksum(body: bytes) -> str:
    """CRC-32 in base62, as in GitHub's tokens: a scanner for leaked secrets can check it offline."""
    return encode(zlib.crc32(body), _BASE62, CHECKSUM_LENGTH)


def encode(number: int, alphabet: str, length: int) -> str:
    """The number in the alphabet's base, of exactly this length. Raises `ValueError` if it needs more."""
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(alphabet))
        digits.append(alphabet[digit])
    if number:
        raise ValueError(f"the number does not fit into {length} digits of base {len(alphabet)}")
    return "".join(reversed(digits))
