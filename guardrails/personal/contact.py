"""Mail addresses and phone numbers."""

import re
from collections.abc import Sequence

import phonenumbers

from guardrails.personal.announcing import announced
from guardrails.personal.network import TLD
from guardrails.rules import LIKELY, SURE, WEAK, Judge, Judged, Rule, any_of, near, shrinking

# What follows a dot and is no domain: units of systemd, files.
_UNITS = b"service socket timer target mount slice scope path swap device"
_FILES = (
    b"json yaml yml toml py js ts tsx jsx lock txt md log conf cfg xml html css png jpg svg jar so dll exe"
)
_MORE_FILES = b"tar gz zip tgz whl sql proto go rs rb java"
_NO_DOMAIN = frozenset(b" ".join((_UNITS, _FILES, _MORE_FILES)).split())
_LOGIN = re.compile(rb"(?:\bssh|\bscp|\brsync|\bsftp|git clone|docker pull)\b[^\n:;,]{0,60}$")
_EXTENSION = re.compile(rb"(?i)[ ,;]{0,2}(?:x|ext\.?|extension)[ .:]{0,2}[0-9]{1,6}\b")
_DATE = re.compile(
    rb"(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:19|20)[0-9]{2}"
)
_NOT_DIGIT = re.compile(rb"[^0-9]+")
_APART = bytes(each if 48 <= each <= 57 else 32 for each in range(256))  # what is no digit is a space
_WIDE_AT = re.compile(rb"\xef\xbc\xa0|\xef\xb9\xab")
_USER = re.compile(rb"[A-Za-z]://[^\s/@]*:[^\s/@]*$")  # of a link: a password stands behind the colon
_ENDS = frozenset(TLD.encode().split(b"|"))
_LETTERS = re.compile(rb"[A-Za-z]{2,24}$")
_MAIL_WORDS = ("email", "e-mail", "mail", "mailbox", "contact", "reach", "write", "courriel", "correo")
_MAIL = any_of(_MAIL_WORDS)
_MARKED = re.compile(rb"(?i)[0-9_.]| dot [^@]{1,80} at | underscore ")  # a name that is no word

_LOCAL = r"[A-Za-z0-9_\x80-\xff][A-Za-z0-9_\x80-\xff.%+'&=~!#$*/?^{|}`-]{0,63}"
_AT = r"(?:@|\xef\xbc\xa0|\xef\xb9\xab)"  # also as wide and small forms of scripts that have such
EMAIL_PATTERN = (
    rf"{_LOCAL}{_AT}"
    r"(?:[A-Za-z0-9\x80-\xff](?:[A-Za-z0-9\x80-\xff-]{0,61}[A-Za-z0-9\x80-\xff])?\.){1,8}"
    r"(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z\x80-\xff]{2,24})"
)
# As people write them who hide them from machines.
_LABEL = "[A-Za-z0-9][A-Za-z0-9-]{0,62}"
_NAME = r"\b[A-Za-z0-9_][A-Za-z0-9_.%+-]{0,63}"
_REST = "[A-Za-z0-9_%+-]{1,63}"
_SAID_AT = r" ?(?:[\[({<] ?(?i:at|@|arroba|chez|bei) ?[\])}>]|(?i:-at-|_at_|&#64;|&#x40;|&commat;)) ?"
_SAID_DOT = r"(?: ?[\[({<] ?(?i:dot|punkt|punto|point|ponto|\.) ?[\])}>] ?|(?i:-dot-|_dot_))"
HIDDEN_PATTERNS = (
    rf"{_NAME}(?:{_SAID_DOT}{_REST}){{0,3}}{_SAID_AT}"
    rf"{_LABEL}(?:(?:\.|{_SAID_DOT}| (?i:dot) ){_LABEL}){{1,4}}\b",
    rf"{_NAME} ?@ ?{_LABEL}(?:(?:\.|{_SAID_DOT}){_LABEL}){{0,3}}{_SAID_DOT}{_LABEL}\b",
)
SPOKEN_PATTERN = (
    rf"{_NAME}(?: (?i:dot|underscore|dash) {_REST}){{0,3}} (?i:at) {_LABEL}(?: (?i:dot) {_LABEL}){{1,4}}\b"
)
# In a link: https://www.rfc-editor.org/rfc/rfc3986#section-2.1
ENCODED_PATTERN = rf"\b[A-Za-z0-9][A-Za-z0-9_.+-]{{0,63}}%40(?:{_LABEL}\.){{1,4}}[A-Za-z]{{2,24}}\b"
SPACED_PATTERN = rf"{_NAME}(?: ?\. ?{_REST}){{0,3}} @ {_LABEL}(?: ?\. ?{_LABEL}){{1,4}}\b"
# Its bytes may also be those of other spaces (U+00A0, U+202F) and hyphens (U+2010 to U+2013).
_DIALLED = r"[0-9(][0-9()./ \x{a0}\x{c2}\x{e2}\x{80}\x{af}\x{90}-\x{93}-]{5,26}[0-9](?:x[0-9]{1,6})?\b"
PHONE_PATTERN = rf"(?:\+|\(|\b){_DIALLED}"
GLUED_PATTERN = (
    r"(?i)\b(?:tel|telefon|telephone|phone|ph|mobile?|cell|handy|fax|call|dial|sms|whatsapp|is|at|on)"
    rf"\+?{_DIALLED}"
)


def _email(text: bytes, start: int, end: int) -> Judged | None:
    local, _, domain = _WIDE_AT.sub(b"@", text[start:end]).partition(b"@")
    if domain.rpartition(b".")[2].lower() in _NO_DOMAIN:
        return None
    if local == b"git" or text[end : end + 1] == b":" and _is_path(text, end + 1):
        return None  # git@github.com:acme/site.git
    if text[end : end + 1] == b"@" or _USER.search(text, max(0, start - 80), start):
        return None
    if _LOGIN.search(text, max(0, start - 80), start):
        return None
    return Judged(start, end, SURE)


def _hidden_email(text: bytes, start: int, end: int) -> Judged | None:
    """One that is written for people alone: its last part has to be one of a domain."""
    last = _LETTERS.search(text, start, end)
    known = last is not None and last[0].lower() in _ENDS
    return Judged(start, end, LIKELY) if known else None


def _spoken_email(text: bytes, start: int, end: int) -> Judged | None:
    """In words that may mean something else, such as a place to look at."""
    found = _hidden_email(text, start, end)
    meant = found and (_MARKED.search(text, start, end) or near(_MAIL, text, start, end))
    return found if meant else None


def _spaced_email(text: bytes, start: int, end: int) -> Judged | None:
    found = _hidden_email(text, start, end)
    return found and found._replace(score=WEAK)


def _is_path(text: bytes, at: int) -> bool:
    return text[at : at + 1] in (b"/", b"~") or b"/" in text[at : at + 40].split(maxsplit=1)[:1][0:1]


EMAIL = Rule("EMAIL", (EMAIL_PATTERN,), _email, priority=60)
EMAIL_HIDDEN = Rule("EMAIL", (*HIDDEN_PATTERNS, ENCODED_PATTERN), _hidden_email, priority=58)
EMAIL_SPOKEN = Rule("EMAIL", (SPOKEN_PATTERN,), _spoken_email, priority=57)
EMAIL_SPACED = Rule("EMAIL", (SPACED_PATTERN,), _spaced_email, _MAIL_WORDS, priority=57)
EMAILS = (EMAIL, EMAIL_HIDDEN, EMAIL_SPOKEN, EMAIL_SPACED)

_TRIVIAL = re.compile(rb"0?1234567(?:8(?:9[0-9]{0,4})?)?|([0-9])\1+")  # counting
_SPACES = re.compile(rb"\xc2\xa0|\xe2\x80\xaf")
_DASHES = re.compile(rb"\xe2\x80[\x90-\x93]")
_SAID_BEFORE = re.compile(rb"[A-Za-z]+")
_SAID_AFTER = re.compile(rb"(?i)[ -]{1,2}\(?(?:office|fax|mobile|cell|phone|tel|work|home)\b")

PHONE_WORDS = (
    *(
        "phone",
        "tel",
        "telephone",
        "call",
        "mobile",
        "cell",
        "fax",
        "whatsapp",
        "number is",
        "contact",
        "sms",
    ),
    *(
        "text me",
        "dial",
        "telefon",
        "handy",
        "mobil",
        "reach me",
        "hotline",
        "answering at",
        "messages to",
        "phone no",
        "my number",
    ),
)


def phone(regions: Sequence[str]) -> Rule:
    """Numbers with a country's code, and those of the regions without; ISO 3166 names, such as US."""
    judge = shrinking(_once_announced(_phone(tuple(regions))))
    return Rule("PHONE", (PHONE_PATTERN,), judge, PHONE_WORDS, priority=20, again=True)


def glued_phone(regions: Sequence[str]) -> Rule:
    """Those behind a word without the space between the two."""
    judge = _unglued(shrinking(_phone(tuple(regions))))
    return Rule("PHONE", (GLUED_PATTERN,), judge, PHONE_WORDS, priority=20)


def _unglued(judge: Judge) -> Judge:
    def judged(text: bytes, start: int, end: int) -> Judged | None:
        word = _SAID_BEFORE.match(text, start, end)
        at = word.end() if word else start
        found = judge(text[at : end + _BEHIND], 0, end - at)
        if found is None:
            return None
        says = text[start:at].lower() not in (b"is", b"at", b"on")
        return Judged(at, at + found.end, LIKELY if says else found.score)

    return judged


_BEHIND = 24  # bytes in which an extension may stand


def _once_announced(judge: Judge) -> Judge:
    """A judge that finds likely what is weak by itself, where it is said before that it is one."""

    def judged(text: bytes, start: int, end: int) -> Judged | None:
        extended = text.find(b"x", start, end)
        found = judge(text, start, end if extended < 0 else extended)
        if found is not None and found.score == WEAK and announced(text, found.start):
            return found._replace(score=LIKELY)
        return found

    return judged


def _phone(regions: tuple[str, ...]) -> Judge:
    def judge(text: bytes, start: int, end: int) -> Judged | None:
        while text[start : start + 1] == b"(" and b")" not in text[start:end]:
            start += 1
        raw = text[start:end]
        groups = list(map(len, raw.translate(_APART).split()))
        digits = sum(groups)
        if not 7 <= digits <= 19 or len(groups) > 8 or max(groups) < 2 or _glued(text, start, end):
            return None
        raw = _DASHES.sub(b"-", _SPACES.sub(b" ", raw))
        if _DATE.search(raw) and not raw.startswith(b"+"):
            return None
        said = raw.decode("latin-1")
        if raw.startswith(b"+"):
            return _extended(text, start, end, SURE) if _holds(said, None) else None
        if raw.startswith(b"00") and len(groups) > 1 and _is_possible(said[2:]):
            return _extended(text, start, end, LIKELY)
        if _TRIVIAL.fullmatch(_NOT_DIGIT.sub(b"", raw)):
            counted = len(groups) == 1 or not announced(text, start)
            return None if counted else _extended(text, start, end, LIKELY)
        if "US" in regions and _NORTH_AMERICAN.fullmatch(raw):
            told = b"(" in raw or b"-" in raw and len(groups) > 2
            return _extended(text, start, end, LIKELY if told else WEAK)
        # Without a zero in front a number of a plan is no more likely than any other: it needs a word.
        if raw[:1] in b"(0" and any(_holds(said, region) for region in regions):
            return _extended(text, start, end, _likelihood(raw))
        return _loosely(text, start, end) if digits <= 15 else None

    return judge


def _holds(said: str, region: str | None) -> bool:
    """With a country's code a number has to be possible, without one to be given out in that region."""
    if region is None and _is_possible(said):
        return True
    try:
        number = phonenumbers.parse(said, region)
    except phonenumbers.NumberParseException:
        return False
    if region is None:
        return phonenumbers.is_possible_number(number)
    return phonenumbers.is_valid_number_for_region(number, region)


def _is_possible(said: str) -> bool:
    """What the lengths of a country's numbers say at once; where they say nothing, all is to be parsed."""
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
    """A number of some other country, or without its area: only a word nearby makes it one."""
    groups = [group for group in _NOT_DIGIT.split(text[start:end]) if group]
    if len(groups) == 1 and len(groups[0]) in (10, 11):
        return _extended(text, start, end, WEAK)
    if len(groups) > 6 or max(map(len, groups)) > 11 or (len(groups) > 1 and min(map(len, groups[1:])) < 2):
        return None
    if announced(text, start) or _SAID_AFTER.match(text, end):
        return _extended(text, start, end, LIKELY)
    return None


def _glued(text: bytes, start: int, end: int) -> bool:
    """Whether the candidate is a piece of something longer: a version, a path, a number with a point."""
    before, after = text[start - 1 : start] if start else b"", text[end : end + 1]
    if text[start : start + 1] == b"+":
        return before.isalnum()
    if before and (before in b"./-_:=#$%@\\" or before.isalnum()):
        if before not in b":=-/":
            return True
        ahead = text[start - 2 : start - 1]
        return ahead.isdigit() or before == b"-" and ahead.isalpha() and not announced(text, start)
    if after == b"-" and text[end + 1 : end + 5].isdigit() and len(text[end + 1 : end + 5]) == 4:
        return True
    return bool(after) and after in b"_%@/:" and text[end + 1 : end + 2].isalnum()


def _likelihood(raw: bytes) -> float:
    """How much the way a number is written says that it is one for calling."""
    groups = [group for group in _NOT_DIGIT.split(raw) if group]
    if len(groups) == 1 or sum(map(len, groups)) < 9 or len(groups[0]) == 1:
        return WEAK
    if _ZIP.fullmatch(raw) or raw.count(b"-") > 1 and len(groups[-1]) != 4 and set(map(len, groups)) != {2}:
        return WEAK  # of the United States; of an order, a part, a case
    if raw[:1] in b"(0":
        return LIKELY
    return (
        LIKELY
        if len(groups) <= 4 and sorted(map(len, groups[-3:])) == [3, 3, 4] and b"." not in raw
        else WEAK
    )


_ZIP = re.compile(rb"[0-9]{5}-[0-9]{4}")
_NORTH_AMERICAN = re.compile(
    rb"(?:1[-. ])?(?:\([2-9][0-9]{2}\)[ -]?|[2-9][0-9]{2}[-. /])[2-9][0-9]{2}[-. ]?[0-9]{4}|"
    rb"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}-)[0-9]{3}-[0-9]{4}|"  # nobody has 555-123-4567, many write it
    rb"(?:001-)[0-9]{3}-[0-9]{3}-[0-9]{4}"
)
