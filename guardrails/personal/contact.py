"""Phone numbers, with or without a country's code."""

import re
from collections.abc import Sequence

import phonenumbers

from guardrails.naming import any_of, near
from guardrails.personal.announcing import announced
from guardrails.personal.calling import HEADS, PHONE_WORDS
from guardrails.personal.joints import DIGITS_APART, plain
from guardrails.personal.otherwise import headed_otherwise, is_counted, otherwise
from guardrails.personal.pieces import is_among, is_parted, is_piece
from guardrails.personal.versions import SINCE, VERSION
from guardrails.rules import LIKELY, SURE, TIME, WEAK, Judge, Judged, Rule, shrinking

_EXTENSION = re.compile(rb"(?i)[ ,;]{0,2}(?:x|ext\.?|extension)[ .:]{0,2}[0-9]{1,6}\b")
_DOTTED = re.compile(rb"[0-9]+(?:\.[0-9]+){2,}")
_DATE = re.compile(
    rb"(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    rb"|[0-9]{1,2} ?[-/.] ?[0-9]{1,2} ?[-/.] ?(?:19|20)[0-9]{2}"
    rb"|(?<![0-9])[0-9]{2}/[0-9]{2}/[0-9]{2}(?![0-9/])"
)
_NOT_DIGIT = re.compile(rb"[^0-9]+")

# Includes the bytes of typographic spaces and dashes.
_DIALLED = (
    r"[0-9(][0-9()./ \x{a0}\x{c2}\x{e2}\x{80}\x{af}\x{87}-\x{89}\x{90}-\x{94}-]{5,28}[0-9](?:x[0-9]{1,6})?\b"
)
PHONE_PATTERN = rf"(?:\(?\+|\(|\b){_DIALLED}"
GLUED_PATTERN = (
    r"(?i)\b(?:tel|telefon|telephone|phone|ph|mobile?|cell|handy|fax|call|dial|sms|whatsapp|is|at|on)"
    rf"[.:]{{0,2}}\+?{_DIALLED}"
)


# Consecutive digits, repeated digits, and the largest 31-bit numbers.
_TRIVIAL = re.compile(rb"0?1234567(?:8(?:9[0-9]{0,4})?)?|([0-9])\1+|214748364[78]")
# Brackets in phone numbers contain few digits, and no dot.
_UNBRACKETED = re.compile(rb"\(\+?+[0-9 -]*[^0-9) \x80-\xff-]|\([0-9]{7,}\)")
_ABROAD = re.compile(rb"011[ .-]|00")  # international prefixes, in North America and elsewhere
# Neighbours of pairs of digits in a row of them, as in tables and dumps.
_ROW_BEFORE, _ROW = re.compile(rb"(?<![0-9])[0-9]{1,2}[ .-]$"), re.compile(rb"[ .-][0-9]{1,2}(?![0-9])")
# Tables: more small numbers than a phone number has groups, rows of decimals, large numbers in thousands.
_TABLE = re.compile(
    rb"(?:[0-9]{1,2}[ .-]{1,3}){13,}(?:[0-9]{1,2}\b)?"
    rb"|[0-9]{1,4}\.[0-9]{1,8}(?:[ \t]+-?[0-9]{1,4}\.[0-9]{1,8}){2,}\b(?![.-])"
    rb"|[1-9][0-9]{0,2}(?:[ .][0-9]{3}){4,}(?![0-9])"
)
# A line of a hex dump: an offset, and bytes or words in hexadecimal.
_DUMP = re.compile(rb"0[0-9a-fA-F]{6,7}(?::|  ?)(?: {0,2}[0-9a-fA-F]{2,4}(?![0-9A-Za-z])){4}")
_DUMP_REACH = 80  # bytes of such a line before a number in it
_SAID_BEFORE = re.compile(rb"[A-Za-z]+[.:]{0,2}")
_SAID_AFTER = re.compile(rb"(?i)[ -]{1,2}\(?(?:office|fax|mobile|cell|phone|tel|work|home)\b")

_CALLED = any_of(PHONE_WORDS)


def phone(regions: Sequence[str]) -> Rule:
    """Numbers with a country's code, and those of `regions` without one; ISO 3166 codes such as US."""
    judge = shrinking(_once_announced(_phone(tuple(regions))))
    return Rule("PHONE", (PHONE_PATTERN,), judge, PHONE_WORDS, 20, HEADS, True, _TABLE, headed_otherwise)


def glued_phone(regions: Sequence[str]) -> Rule:
    """Numbers directly after a word, without a space."""
    judge = _unglued(shrinking(_phone(tuple(regions))))
    return Rule("PHONE", (GLUED_PATTERN,), judge, PHONE_WORDS, priority=20)


def _coded(text: bytes, start: int, end: int) -> Judged | None:
    held = _holds("+" + text[start + len(b"%2B") : end].decode(), None)
    return Judged(start, end, SURE) if held else None


# With a percent-encoded plus, as in links: https://www.rfc-editor.org/rfc/rfc3986#section-2.1
CODED_PHONE = Rule("PHONE", (r"%2[Bb][1-9][0-9]{6,14}\b",), _coded, priority=20)


def _unglued(judge: Judge) -> Judge:
    def judged(text: bytes, start: int, end: int) -> Judged | None:
        word = _SAID_BEFORE.match(text, start, end)
        at = word.end() if word else start
        found = judge(text[at : end + _BEHIND], 0, end - at)
        if found is None:
            return None
        says = text[start:at].lower().rstrip(b".:") not in (b"is", b"at", b"on")
        return Judged(at, at + found.end, LIKELY if says else found.score)

    return judged


_BEHIND = 24  # bytes after the number that may contain an extension


def _once_announced(judge: Judge) -> Judge:
    """A judge that weighs the surrounding text: a weak candidate that is announced as a number is likely."""

    def judged(text: bytes, start: int, end: int) -> Judged | None:
        extended = text.find(b"x", start, end)
        end = end if extended < 0 else extended
        slash = text.rfind(b"/", start, end)
        # 415-555-0132/415-555-0133: try the first alone, which would be found with a part of the second
        first = slash - text.startswith(b" ", slash - 1)
        two = slash > 0 and is_parted(text, start, first) and _are_two(text[start:first], text[slash:end])
        found = judge(text, start, first) if two else None
        found = found or judge(text, start, end)
        if found is None:
            spelt = _SPELT.fullmatch(text, start, end) and announced(text, start)
            return Judged(start, end, LIKELY) if spelt else None
        if found.score == SURE:
            return None if _is_dump(text, found.start) else found
        if _is_dump(text, found.start) or is_among(text, found.start):
            return None
        if _READ_OUT.fullmatch(text, found.start, found.end) and _IN_ROW.search(
            text[max(0, found.start - 2) : found.start] + b"|" + text[found.end : found.end + 2]
        ):
            return None
        said = announced(text, found.start)
        if not said and _RUN.match(text, found.end):
            return None
        if not said and (otherwise(text, found.start) or _is_counted(text, found)):
            return None
        if found.score == WEAK and (said or _is_told(text, found) or _SAID_AFTER.match(text, found.end)):
            return found._replace(score=LIKELY)
        return found

    return judged


def _is_counted(text: bytes, found: Judged) -> bool:
    return text[found.start : found.end].isdigit() and is_counted(text, found.start)


def _are_two(first: bytes, second: bytes) -> bool:
    """Whether both sides of a slash have enough digits: +49 (0) 6221 / 333405 is one number."""
    least = 9 if first[:1] == b"+" else 7
    return len(first.translate(None, _NO_DIGITS)) >= least and len(second.translate(None, _NO_DIGITS)) >= 7


_RUN = re.compile(rb"(?: [0-9]{5,8}){2}(?![0-9])")  # the rest of a row in a table or a dump
# Groups as in a number that is read out.
_MIXED = re.compile(rb"[2-9][0-9]{2} [2-9][0-9]{2}-[0-9]{4}")
_BRACKETED = re.compile(rb"\(0[0-9]{2,4}\) ?[0-9]{3,4}[- ][0-9]{3,4}")  # a bracketed area code
_TOLD = re.compile(
    rb"(?i)\b(?:it's|it\xe2\x80\x99s|that's|that\xe2\x80\x99s|it is|that is|back on|back at):? $"
)
_OTHER_ID = re.compile(
    rb"(?i)(?:tax|steuer|vat|passport|nif|iban)[ _-]?(?:number|nummer|no|nr|id)?[\"' :=#]{1,4}$"
)
_READ_OUT = re.compile(rb"[2-9][0-9]{2} [2-9][0-9]{2} [0-9]{4}")
_IN_ROW = re.compile(rb"[0-9] \||\| [0-9]")
_SPELT = re.compile(rb"\+?[0-9](?:[ .-]{1,3}[0-9]){7,12}")


def _is_told(text: bytes, found: Judged) -> bool:
    """Whether a read-out number is an answer: it's 212 555 0187."""
    start = found.start
    read_out = _READ_OUT.fullmatch(text, start, found.end)
    return read_out is not None and _TOLD.search(text, max(0, start - 12), start) is not None


def _is_dump(text: bytes, start: int) -> bool:
    begins = text.rfind(b"\n", max(0, start - _DUMP_REACH), start) + 1
    return text[begins : begins + 1] == b"0" and _DUMP.match(text, begins) is not None


def _phone(regions: tuple[str, ...]) -> Judge:
    # If national numbers have a leading zero, a number without it is not one.
    bare = tuple(region for region in regions if _trunk(region) != "0")

    def judge(text: bytes, start: int, end: int) -> Judged | None:
        while text[start : start + 1] == b"(" and b")" not in text[start:end]:
            start += 1
        raw = text[start:end]
        groups = list(map(len, raw.translate(DIGITS_APART).split()))
        if not _is_shaped(text, start, end, groups):
            return None
        raw = plain(raw)
        said = raw.decode("latin-1")
        if raw.startswith((b"+", b"(+")):
            sure = _holds(said, None)
            return _extended(text, start, end, SURE) if sure else _mistyped(text, start, end, said)
        if _DATE.search(raw):
            return None
        abroad = _ABROAD.match(raw)
        if abroad and len(groups) > 1 and _is_abroad(said[abroad.end() :], loose=set(groups) != _FOURS):
            return _extended(text, start, end, LIKELY)
        if _TRIVIAL.fullmatch(_NOT_DIGIT.sub(b"", raw)):
            counted = len(groups) == 1 or not announced(text, start)
            return None if counted else _extended(text, start, end, LIKELY)
        if "US" in regions and _NORTH_AMERICAN.fullmatch(raw):
            clauses = b"." in raw and b"-" in raw  # 252.227-7014
            told = (
                b"(" in raw or len(groups) > 2 and not clauses and (b" " not in raw or _MIXED.fullmatch(raw))
            )
            return _extended(text, start, end, LIKELY if told else WEAK)
        plan = next((each for each in _plans(raw, groups, regions, bare) if _holds(said, each)), None)
        if plan is not None:
            modes = len(groups) > 1 and set(groups) == _FOURS and (b" 0" in raw or _cuts_area(said, plan))
            return _extended(text, start, end, WEAK if modes else _likelihood(raw))
        return _loosely(text, start, end)

    return judge


def _mistyped(text: bytes, start: int, end: int, said: str) -> Judged | None:
    """An impossible number with a country's code, if it is announced as a number."""
    meant = sum(map(str.isdigit, said)) > _FEWEST and announced(text, start)
    return _extended(text, start, end, LIKELY) if meant else None


_FEWEST = 8  # digits


def _plans(
    raw: bytes, groups: Sequence[int], regions: tuple[str, ...], bare: tuple[str, ...]
) -> tuple[str, ...]:
    """The regions that the number may belong to, by its notation."""
    if max(groups) == 2 and len(groups) != 5:
        return ()  # only France and its neighbours write in pairs alone, and ten digits
    if raw[:1] in b"(0":
        return regions
    # Grouped numbers without a leading zero match a region's plan by chance: they need a word.
    return bare if len(groups) == 1 else ()


def _cuts_area(said: str, region: str) -> bool:
    """Whether the first group of four ends within an area code: 0644 0755, if 06440 is one."""
    area = phonenumbers.length_of_geographical_area_code(phonenumbers.parse(said, region))
    return said[:1] == "0" and area >= max(_FOURS)


def _trunk(region: str) -> str | None:
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return None if plan is None else plan.national_prefix


def _is_shaped(text: bytes, start: int, end: int, groups: Sequence[int]) -> bool:
    """Whether a candidate's length and groups fit a phone number, and it is not part of something longer."""
    if not 7 <= sum(groups) <= 19 or len(groups) > 8 or max(groups) < 2:
        return False
    if _is_other(text[start:end], groups):
        return False
    if max(groups) == 2 and (_ROW_BEFORE.search(text, max(0, start - 3), start) or _ROW.match(text, end)):
        return False
    if _DOTTED.fullmatch(text, start, end) and VERSION.search(text, max(0, start - SINCE), start):
        return False
    return not is_piece(text, start, end) and not _UNBRACKETED.search(text, start, end)


def _is_other(raw: bytes, groups: Sequence[int]) -> bool:
    """Whether it is bits, table cells, a decimal, years or a range, or has brackets unlike a phone number."""
    if not raw.translate(None, _NO_DIGITS).strip(b"01") or _COLUMNS in raw or _NEVER.fullmatch(raw):
        return True
    if len(groups) == 2 and groups[0] == groups[1] > _OF_A_RANGE or raw.rfind(b"(") > max(0, raw.rfind(b")")):
        return True  # 08056000-08077000
    return raw[:2] not in _WITH_CODE and (sum(groups) > _MOST or _BEFORE_AREA.match(raw) is not None)


_CODES = frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
_NO_DIGITS = bytes(range(256)).translate(None, b"0123456789")
_COLUMNS = b"   "
_NEVER = re.compile(rb"[0-9]\.[0-9]+|0\.[0-9.]+|[0-9]{6,}\.[0-9]{1,3}|(?:19|20)[0-9]{2}[-/](?:19|20)[0-9]{2}")
_BEFORE_AREA = re.compile(rb"(?![0178] ?\()[0-9][0-9 .-]*\((?!0\))")  # 04 (2063) 610, of a journal
_MOST = 14  # digits of a national number
_WITH_CODE = frozenset([b"00", b"01", b"(0", b"(+"])  # possible beginnings with a country's code
_FOURS = {4}  # digits of each group, as in file modes and Unicode code points
_OF_A_RANGE = 5  # digits of each end; two equal groups with more are not a phone number


def _is_abroad(said: str, *, loose: bool) -> bool:
    code = said.lstrip(" -.)").split(" ", 1)[0]
    if not any(map(_CODES.__contains__, (code[:1], code[:2], code[:3]))):
        return False  # a separator splits the country's code: 00 3 9775400
    return loose and _is_possible(said) or said[:1] != "0" and _is_valid("+" + said)


def _is_valid(said: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(said))
    except phonenumbers.NumberParseException:
        return False


def _holds(said: str, region: str | None) -> bool:
    """Whether a number with a country's code is possible, or one without is valid in that region."""
    if region is None and _is_possible(said):
        return True
    said = said if region else _MOBILE_OF_MEXICO.sub(r"\1", said)
    try:
        number = phonenumbers.parse(said, region)
    except phonenumbers.NumberParseException:
        return False
    if region is None:  # not IS_POSSIBLE_LOCAL_ONLY: a local number has no country's code
        return (
            phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
        )
    return phonenumbers.is_valid_number_for_region(number, region)


_MOBILE_OF_MEXICO = re.compile(r"^(\+52[ .-]?)1(?=[ .-]?[0-9])")  # the notation until 2019


def _is_possible(said: str) -> bool:
    """A quick check by the lengths of a country's numbers; False if undecided: it must be parsed."""
    digits = "".join(filter(str.isdigit, said))
    for size in (1, 2, 3):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:size]))
        if regions is not None:
            plan = phonenumbers.PhoneMetadata.metadata_for_region(regions[0], None)
            if plan is None or plan.general_desc is None or digits[size] == "0":
                return False
            return len(digits) - size in plan.general_desc.possible_length
    return False


def _extended(text: bytes, start: int, end: int, score: float) -> Judged:
    more = _EXTENSION.match(text, end)
    return Judged(start, more.end() if more else end, score)


def _loosely(text: bytes, start: int, end: int) -> Judged | None:
    """A number of another country, or without area code: it needs a word nearby, or a bracketed area code."""
    if _BRACKETED.fullmatch(plain(text[start:end])):
        return _extended(text, start, end, LIKELY)
    groups = [group for group in _NOT_DIGIT.split(text[start:end]) if group]
    abroad = len(groups) == 1 and len(groups[0]) in (12, 13) and _is_possible(groups[0].decode())
    if _OTHER_ID.search(text, max(0, start - 24), start):
        return None
    if abroad or len(groups) == 1 and len(groups[0]) in (10, 11):
        time = TIME.fullmatch(text, start, end)
        said = announced(text, start) or not time and near(_CALLED, text, start, end)
        return _extended(text, start, end, LIKELY) if said else None
    if (
        sum(map(len, groups)) > 15
        or len(groups) > 6
        or max(map(len, groups)) > 11
        or (len(groups) > 1 and min(map(len, groups[1:])) < 2)
    ):
        return None
    if announced(text, start) or _SAID_AFTER.match(text, end):
        return _extended(text, start, end, LIKELY)
    return None


def _likelihood(raw: bytes) -> float:
    """LIKELY or WEAK, by how typical a number's notation is of phone numbers."""
    groups = [group for group in _NOT_DIGIT.split(raw) if group]
    if len(groups) == 1 or sum(map(len, groups)) < 9 or len(groups[0]) == 1 or _DECIMAL.fullmatch(raw):
        return WEAK
    if _ZIP.fullmatch(raw) or raw.count(b"-") > 1 and len(groups[-1]) != 4 and set(map(len, groups)) != {2}:
        return WEAK  # a US postcode; a number of an order, a part, a case
    if len(groups) == 2 and len(groups[0]) > 1 and len(groups[1]) > _LONGEST:
        return WEAK
    alone = 0 if b"(" in raw else [len(group) for group in groups[1:]].count(1)
    if alone and (len(groups[0]) < _SERVICES or len(groups[-1]) == 1 or alone > 1):
        return WEAK  # 049 06 1 962 799, a part number
    if raw[:1] in b"(0":
        return LIKELY
    return (
        LIKELY
        if len(groups) <= 4 and sorted(map(len, groups[-3:])) == [3, 3, 4] and b"." not in raw
        else WEAK
    )


_LONGEST = 9  # digits of the second of two groups in a national number
_SERVICES = 4  # digits of a first group that a single digit may follow: 0180 5 123456
_ZIP = re.compile(rb"[0-9]{5}-[0-9]{4}")
_DECIMAL = re.compile(rb"[0-9]+\.[0-9]+")
_NORTH_AMERICAN = re.compile(
    rb"(?:1[-. ])?(?:\([2-9][0-9]{2}\)[ -]?|[2-9][0-9]{2}[-. /])[2-9][0-9]{2}[-. ]?[0-9]{4}|"
    rb"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}-)[0-9]{3}-[0-9]{4}|"  # 555-123-4567: unassigned, often written
    rb"(?:1 ?- ?)?[2-9][0-9]{2} ?- ?[2-9][0-9]{2} ?- ?[0-9]{4}|"
    rb"(?:001-)[0-9]{3}-[0-9]{3}-[0-9]{4}"
)
