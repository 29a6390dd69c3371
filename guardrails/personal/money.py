"""Payment cards, bank accounts, routing numbers and crypto addresses, most confirmed by checksums."""

import re
from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType

from guardrails.personal.joints import BYTES, DIGITS_APART, JOINT
from guardrails.personal.otherwise import otherwise
from guardrails.rules import LIKELY, SURE, WEAK, Judged, Rule, shrinking

_OTHERS = bytes(set(range(256)) - set(b"0123456789"))

# Issuer prefixes with the lengths of their numbers: https://en.wikipedia.org/wiki/Payment_card_number
_ISSUERS: tuple[tuple[re.Pattern[bytes], frozenset[int]], ...] = tuple(
    (re.compile(prefix), frozenset(lengths))
    for prefix, lengths in (
        (rb"4", (13, 16, 19)),  # Visa
        (rb"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
        (rb"3[47]", (15,)),  # American Express
        (rb"30[0-5]|3095|3[689]", range(14, 20)),  # Diners Club
        (rb"6011|64[4-9]|65|622|60|81|82|508|353|356", range(16, 20)),  # Discover, RuPay
        (rb"35", range(16, 20)),  # JCB
        (rb"50|5[6-9]|6|0604", range(12, 20)),  # Maestro
        (rb"62", range(16, 20)),  # UnionPay
        (rb"220[0-4]|9792", (16,)),  # Mir, Troy
        (rb"1", (15,)),  # UATP
        (rb"2131|1800", (15,)),  # old JCB
    )
)
_GROUPS = frozenset(
    [(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1), (4, 4, 5), (4, 4, 4, 3), (6, 13)]
    + [(4, 4, 4, 2), (4, 4, 4), (8, 8), (6, 10), (4, 4, 4, 4, 2), (4, 4, 4, 4, 1), (4, 5, 6), (4, 12)]
)

_BETWEEN = rf"{JOINT}?"
_APART = r"(?:[._/]|[ .-]{2,5})"
_SEPARATORS = b"." + BYTES
CARD_PATTERN = rf"\b[0-9](?:{_BETWEEN}[0-9]){{11,18}}\b"
CARD_APART_PATTERN = rf"\b[0-9]{{4}}(?:{_APART}[0-9]{{4,6}}){{2,3}}(?:{_APART}[0-9]{{1,5}})?\b"
_LETTER = rf"(?:\.|{_BETWEEN})[A-Za-z0-9]"
IBAN_PATTERN = rf"\b(?:[A-Za-z]{{2}}|[A-Z]{{2}} )[0-9]{{2}}{_LETTER}(?:{_LETTER}){{9,29}}"


# The Luhn value of a digit in every second place: doubled, minus 9 if above 9.
_DOUBLED = bytes.maketrans(b"0123456789", bytes(48 + each for each in (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))


def luhn(digits: bytes) -> bool:
    """https://en.wikipedia.org/wiki/Luhn_algorithm"""
    total = sum(digits[::-2]) + sum(digits[-2::-2].translate(_DOUBLED)) - 48 * len(digits)
    return total % 10 == 0


def _card(text: bytes, start: int, end: int) -> Judged | None:
    raw = text[start:end]
    digits = raw.translate(None, _OTHERS)
    if _inside_number(text, start, end) or not luhn(digits) or len(set(digits)) == 1:
        return None
    if not any(len(digits) in sizes and form.match(digits) for form, sizes in _ISSUERS):
        return None
    if len(digits) < len(raw):
        groups = tuple(map(len, raw.translate(DIGITS_APART).split()))
        beside = text[max(0, start - 2) : start] + b"|" + text[end : end + 2]
        if groups == (4, 4, 4) and _GROUPED.search(beside):
            return None
        if groups not in _GROUPS or groups[0] == groups[1] == _FOUR and _is_among(text, start, end):
            return None
        return Judged(start, end, SURE)
    # Twelve or thirteen digits in a row are more often times in milliseconds than cards; fifteen that begin
    # with a 1 are memory addresses.
    weak = len(digits) < 14 or digits[:1] == b"1" or _RARE.match(digits) or otherwise(text, start)
    return Judged(start, end, WEAK if weak else SURE)


# Maestro uses the prefixes that other issuers left, and hardly any card has 17 digits or more: one in thirty
# random 64-bit numbers looks like such a card. Diners Club cards have 14 or 16 digits.
_RARE = re.compile(rb"[0-9]{17}|6[1689]|(?:50|5[6-9]|6[37])[0-9]{12,13}$|3[0689][0-9]{13}$")
_GROUPED = re.compile(rb"[0-9][ -]\||\|[ -][0-9]")  # further groups beside it


_FOUR = 4
_FOURS_BEFORE = re.compile(rb"(?<![0-9])(?:[0-9]{4} ){2,}$")
_FOURS_AFTER = re.compile(rb"(?: [0-9]{4}){3,}(?![0-9])")


def _is_among(text: bytes, start: int, end: int) -> bool:
    """Whether groups of four surround it, more than an expiry and a code, and other than whole cards."""
    before = _FOURS_BEFORE.search(text, max(0, start - 60), start)
    after = _FOURS_AFTER.match(text, end)
    return any(found is not None and len(found[0]) // 5 % _FOUR for found in (before, after))


def _inside_number(text: bytes, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return (
        (before[-1:] in b".-" and before[:1].isdigit() and len(before) == 2)
        or (after[:1] in b".-" and after[1:].isdigit())
    ) and bool(before or after)


_WORDS = (
    *(
        "card",
        "credit",
        "visa",
        "mastercard",
        "amex",
        "debit",
        "cc",
        "maestro",
        "pan",
        "karte",
        "kreditkarte",
    ),
    *(
        "tarjeta",
        "carte",
        "carta",
        "cartão",
        "karta",
        "kort",
        "kaart",
        "cardnumber",
        "卡号",
        "银行卡",
        "カード",
        "카드",
        "карта",
    ),
)
# The first group of a card has at least four digits.
_SMALL = re.compile(rb"[0-9]{1,3}(?:[ .-]{1,3}[0-9]{1,3})*(?![0-9])[ .-]")
CARD = Rule(
    "CARD",
    (CARD_PATTERN, CARD_APART_PATTERN),
    shrinking(_card),
    _WORDS,
    priority=50,
    again=True,
    over=_SMALL,
)


def _spelt(text: bytes, start: int, end: int) -> Judged | None:
    """A card digit by digit or in pairs, as read out; weak, because rows of numbers look alike."""
    digits = text[start:end].translate(None, _OTHERS)
    held = luhn(digits) and len(set(digits)) > 1
    issued = held and any(len(digits) in sizes and form.match(digits) for form, sizes in _ISSUERS)
    return Judged(start, end, WEAK) if issued else None


def _track(text: bytes, start: int, end: int) -> Judged | None:
    return _card(text, start + 2, end - 1)


CARD_TRACK = Rule("CARD", (r"%B[0-9]{13,19}\^",), _track, priority=51)  # magnetic stripe: ISO/IEC 7813
CARD_SPELT = Rule(
    "CARD",
    (r"\b[0-9](?:[ -]{1,3}[0-9]){13,18}\b", r"\b[0-9]{2}(?:[ -]{1,3}[0-9]{2}){6,8}\b"),
    shrinking(_spelt),
    _WORDS,
    priority=49,
)

# Lengths by country: https://www.swift.com/standards/data-standards/iban-international-bank-account-number
_IBAN: Mapping[bytes, int] = MappingProxyType(
    {
        pair[:2].encode(): int(pair[2:])
        for pair in (
            "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
            "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 "
            "IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 "
            "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 "
            "SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 "
        ).split()
    }
)
# Countries whose account numbers have only digits, so that letters rule an IBAN out.
_DIGITS_ONLY = frozenset(
    b"AT BA BE CZ DE DK EE ES FI FO GL HR HU IL IS LT ME NO PL PT RS SE SI SK TL TN XK".split()
)


def _iban(text: bytes, start: int, end: int) -> Judged | None:
    size = _IBAN.get(text[start : start + 2].upper())
    if size is None:
        return None
    at, taken = start, bytearray()
    while at < end and len(taken) < size:
        if text[at] not in _SEPARATORS:
            taken.append(text[at])
        at += 1
    if len(taken) < size or text[at : at + 1].isalnum():
        return None
    account = bytes(taken).upper()
    if account != taken and taken.lower() != taken:
        return None  # mixed case: a sequence of words
    if account[:2] in _DIGITS_ONLY and not account[2:].isdigit():
        return None
    number = "".join(str(int(chr(letter), 36)) for letter in account[4:] + account[:4])
    return Judged(start, at, SURE) if int(number) % 97 == 1 else None


IBAN = Rule("IBAN", (IBAN_PATTERN,), _iban, priority=55, again=True)


def _routing(text: bytes, start: int, end: int) -> Judged | None:
    """https://en.wikipedia.org/wiki/ABA_routing_transit_number"""
    digits = [digit - 48 for digit in text[start:end] if digit != 0x2D]
    first = digits[0] * 10 + digits[1]
    if not (first <= 12 or 21 <= first <= 32 or 61 <= first <= 72 or first == 80) or not any(digits):
        return None
    total = sum(weight * digit for weight, digit in zip((3, 7, 1) * 3, digits, strict=True))
    return Judged(start, end, WEAK) if total % 10 == 0 else None


_BANK = (
    "routing",
    "aba",
    "rtn",
    "transit",
    "bank",
    "wire",
    "fedwire",
    "ach",
    "account",
    "acct",
    "dfi",
    "eft",
)
ROUTING = Rule("ROUTING", (r"\b[0-9]{4}-?[0-9]{4}-?[0-9]\b",), _routing, _BANK, 30, ("routing", "aba", "rtn"))

_BASE58 = {
    letter: value
    for value, letter in enumerate(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}
_BECH32 = {letter: value for value, letter in enumerate(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _base58(text: bytes, start: int, end: int) -> Judged | None:
    """https://en.bitcoin.it/wiki/Base58Check_encoding"""
    return Judged(start, end, SURE) if _is_checked(text[start:end]) else None


# Ripple's base58 alphabet: https://xrpl.org/docs/references/protocol/data-types/base58-encodings
_RIPPLE = bytes.maketrans(
    b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz",
    b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
)


def _ripple(text: bytes, start: int, end: int) -> Judged | None:
    return Judged(start, end, SURE) if _is_checked(text[start:end].translate(_RIPPLE)) else None


def _is_checked(address: bytes) -> bool:
    number = 0
    for letter in address:
        number = number * 58 + _BASE58[letter]
    if number >> 200:
        return False
    raw = number.to_bytes(25)
    return sha256(sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _bech32(text: bytes, start: int, end: int) -> Judged | None:
    """https://github.com/bitcoin/bips/blob/master/bip-0350.mediawiki"""
    address = text[start:end]
    if address not in (address.lower(), address.upper()):
        return None
    human, _, data = address.lower().rpartition(b"1")
    values = [_BECH32.get(letter, -1) for letter in data]
    if -1 in values:
        return None
    check = 1
    for value in [*(letter >> 5 for letter in human), 0, *(letter & 31 for letter in human), *values]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            check ^= generator if top >> place & 1 else 0
    return Judged(start, end, SURE) if check in (1, 0x2BC830A3) else None


# Bitcoin and its relatives: Litecoin, Dogecoin, Dash, Tron.
BITCOIN = Rule("CRYPTO", (r"\b[13TLMDX][1-9A-HJ-NP-Za-km-z]{25,34}\b",), _base58, priority=45)
RIPPLE = Rule("CRYPTO", (r"\br[1-9A-HJ-NP-Za-km-z]{24,34}\b",), _ripple, priority=45)
MONERO = Rule("CRYPTO", (r"\b[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b",), priority=45)
BITCOIN_CASH = Rule("CRYPTO", (r"\bbitcoincash:[qp][02-9ac-hj-np-z]{41}\b",), priority=45)
SEGWIT = Rule(
    "CRYPTO",
    (r"\b(?:bc|tb|ltc|addr)1[02-9ac-hj-np-z]{11,110}\b", r"\bBC1[02-9AC-HJ-NP-Z]{11,87}\b"),
    _bech32,
    priority=45,
)


def _ethereum(text: bytes, start: int, end: int) -> Judged | None:
    """Excludes addresses that are nearly all one digit: precompiled contracts and burn addresses."""
    return Judged(start, end, SURE) if len(set(text[start + 2 : start + 26].lower())) > 1 else None


ETHEREUM = Rule("CRYPTO", (r"\b0x[0-9a-fA-F]{40}\b",), _ethereum, priority=45)

_COINS = (
    "bitcoin|btc|bitcoin cash|bch|litecoin|ltc|dogecoin|doge|solana|sol|ripple|xrp|tron|trx|usdt|"
    "crypto wallet"
)
_ADDRESS = r"[1-9A-HJ-NP-Za-km-z]{26,44}"
_IS_ADDRESS = re.compile(rf"\b{_ADDRESS}$".encode())


def _named_coin(text: bytes, start: int, end: int) -> Judged | None:
    """An address without a valid checksum, if a coin is named before it and its characters look random."""
    found = _IS_ADDRESS.search(text, start, end)
    drawn = b"" if found is None else found[0]
    mixed = len(set(drawn)) > _VARIED and any(48 <= letter <= 57 for letter in drawn)
    return Judged(end - len(drawn), end, LIKELY) if mixed else None


_VARIED = 14  # distinct characters; a random address has more
COIN_NAMED = Rule(
    "CRYPTO", (rf"(?i:\b(?:{_COINS})\b)[^\n]{{0,64}}?\b{_ADDRESS}\b",), _named_coin, priority=44
)
