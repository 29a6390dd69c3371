"""Numbers that states assign to people, passports, and dates of birth."""

import re
from operator import mul

from guardrails.naming import any_of, near
from guardrails.personal.joints import DASH, JOINT, SPACE
from guardrails.personal.otherwise import headed_otherwise, otherwise
from guardrails.rules import LIKELY, WEAK, Judged, Rule

_NOT_DIGIT = re.compile(rb"[^0-9]+")
_JOINT = rf"(?: ?[-./_] ?| {{2,3}}|{JOINT})"
_PART = rf"(?:\.|{JOINT})"
# The beginning of a phone number with a country's code.
_ABROAD = re.compile(rf"\+(?:[0-9]{{1,3}}{_PART})?$".encode("latin-1"))
_IN_ROW = re.compile(rb"[0-9] \||\| [0-9]")


def _digits(raw: bytes) -> bytes:
    return _NOT_DIGIT.sub(b"", raw)


def _apart(text: bytes, start: int, end: int) -> bool:
    """Whether it is neither part of a longer number with separators nor of a phone number."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    glued = len(before) == 2 and before[1:] in b"-./" and before[:1].isdigit()
    if _ABROAD.search(text, max(0, start - 8), start):
        return False
    return not glued and not (after[:1] in (b"-", b".", b"/") and after[1:].isdigit())


def _ssn(text: bytes, start: int, end: int) -> Judged | None:
    """https://www.ssa.gov/employer/randomization.html"""
    raw = text[start:end]
    digits = _digits(raw)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in (b"000", b"666") or area[:1] == b"9" or group == b"00" or serial == b"0000":
        return None
    if len(set(digits)) == 1 or not _apart(text, start, end):
        return None
    if len(raw) == 9 and _ELSE.search(text, max(0, start - 24), start):
        return None
    if (
        len(raw) == 9
        and text[start - 1 : start] == b"|"
        and _INSURED.search(text, max(0, start - 400), start)
    ):
        return Judged(start, end, LIKELY)
    row = raw[3:4] == b" " and _IN_ROW.search(text[max(0, start - 2) : start] + b"|" + text[end : end + 2])
    weak = row or len(raw) == 9 or otherwise(text, start)
    return Judged(start, end, WEAK if weak else LIKELY)


_SSN_WORDS = (
    "ssn",
    "social security",
    "social",
    "socialnum",
    "socialnumber",
    "soc sec",
    "soc. sec",
    "ss#",
    "ssns",
    "social security number",
    "ssid",
)
SSN = Rule(
    "US_SSN",
    tuple(rf"\b[0-9]{{3}}{joint}[0-9]{{2}}{joint}[0-9]{{4}}\b" for joint in (DASH, SPACE, r"\.")),
    _ssn,
    _SSN_WORDS,
    priority=35,
    unlike=headed_otherwise,
)
_SSN_NAMED = any_of(_SSN_WORDS)
_INSURED = re.compile(rb"PID\|(?:[^|\n\r]*\|){18}$")  # HL7: field 19 of a patient
_ELSE = any_of(("passport", "passport number", "passport no", "routing", "aba"))
# Five and four digits are also a US postcode: `social` does not suffice.
_SSN_SURELY = any_of((*filter(lambda word: word != "social", _SSN_WORDS), "social is", "social number"))


def _named_ssn(text: bytes, start: int, end: int) -> Judged | None:
    """Other groupings, as in postcodes and dates: a context word is required."""
    words = _SSN_SURELY if text[start : start + 5].isdigit() else _SSN_NAMED
    held = _ssn(text, start, end) if near(words, text, start, end) else None
    return held and held._replace(score=LIKELY)


SSN_NAMED = Rule(
    "US_SSN",
    (
        rf"\b[0-9]{{3}}{_JOINT}[0-9]{{2}}{_JOINT}?[0-9]{{4}}\b",
        rf"\b[0-9]{{5}}{_JOINT}[0-9]{{4}}\b",
        r"\b[0-9](?:[ -]{1,3}[0-9]){8}\b",  # digit by digit
    ),
    _named_ssn,
    priority=34,
    heads=_SSN_WORDS,
)
# Nine digits in a row may be many other numbers; those with valid checksums take precedence.
SSN_BARE = Rule("US_SSN", (r"\b[0-9]{9}\b",), _ssn, _SSN_WORDS, priority=28)


def _itin(text: bytes, start: int, end: int) -> Judged | None:
    """https://www.irs.gov/individuals/international-taxpayers/individual-taxpayer-identification-number"""
    raw = text[start:end]
    digits = _digits(raw)
    group = int(digits[3:5])
    if len(set(digits)) == 1:
        return None
    if not (50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99):
        return None
    if raw[5:6] == b"-" and not (
        near(_TAXED, text, start, end) or _ODD_BEFORE.search(text, max(0, start - 13), start)
    ):
        return None  # a postcode
    likely = raw[3:4] in b"- \xc2\xe2" and len(raw) > 10 and not otherwise(text, start)
    return Judged(start, end, LIKELY if likely else WEAK)


# Another ITIN before it, in groups that no postcode has.
_ODD_BEFORE = re.compile(rb"\b9[0-9]{2}-[0-9]{6}[ ,;]{1,2}$")
_TAX = ("itin", "taxpayer", "tax id", "tax", "tin", "irs", "individual taxpayer", "taxpayer id")
_TAXED = any_of(_TAX)
ITIN = Rule(
    "US_ITIN",
    (
        *(rf"\b9[0-9]{{2}}{joint}[0-9]{{2}}{joint}[0-9]{{4}}\b" for joint in (DASH, SPACE, r"\.")),
        r"\b9[0-9]{2}-?[0-9]{2}-?[0-9]{4}\b",
    ),
    _itin,
    _TAX,
    priority=36,
    unlike=headed_otherwise,
)


def weak(text: bytes, start: int, end: int) -> Judged | None:
    """A judge for forms that are only evidence with a context word."""
    return Judged(start, end, WEAK)


_PASSPORT = (
    *("passport", "travel document", "passport#", "travel doc", "reisepass", "passeport", "pasaporte"),
    *("passportnumber", "passportno", "passportnum", "passnummer", "passaporto", "paspoort"),
)
PASSPORT = Rule(
    "PASSPORT", (r"\b[0-9]{9}\b", r"\b[A-Z][0-9]{8}\b", r"\b[A-Z]{2}[0-9]{7}\b"), weak, _PASSPORT, priority=5
)
_PASSPORTS = (
    *_PASSPORT,
    *(
        "passports",
        "passport id",
        "passaporte",
        "paszport",
        "pasaport",
        "pas no",
        "pass no",
        "reisepassnummer",
        "passnr",
        "paspoortnummer",
        "paspoortnr",
        "paszportu",
        "pasaportu",
        "pasnummer",
        "passinumero",
        "pasu",
        "pass nr",
        "mein pass",
        "meinen pass",
    ),
    *("reisepass-nr", "паспорт", "여권", "여권번호", "护照", "護照", "パスポート", "旅券"),
)
_NAMED = any_of(_PASSPORTS)


def _named(text: bytes, start: int, end: int) -> Judged | None:
    """A judge for passport forms that require a context word and a digit."""
    held = any(letter in b"0123456789" for letter in text[start:end]) and near(_NAMED, text, start, end)
    return Judged(start, end, LIKELY) if held else None


# German and Dutch, French, those with two or three letters, with one letter, Korean, Russian, and nine digits
# in groups, among others.
PASSPORTS = Rule(
    "PASSPORT",
    (
        r"(?i)\b[CFGHJ-NPRTV-Z][CFGHJ-NPRTV-Z0-9]{8}[0-9]?\b",
        r"(?i)\b[0-9]{2}[A-Z]{2}[0-9]{5}\b",
        r"(?i)\b[A-Z]{2,3}[0-9]{6,7}\b",
        r"(?i)\b[A-Z] ?[0-9]{7,8}\b",
        r"(?i)\b[A-Z][0-9]{3}[A-Z][0-9]{4}\b",
        r"\b[0-9]{2} (?:[0-9]{2} [0-9]{6}|[0-9]{7})\b",
        r"\b[0-9]{4} [0-9]{6}\b",
        r"(?i)\b[A-NP-Z]{2}[A-NP-Z0-9]{6}[0-9]\b",
        r"(?i)\b[A-Z][0-9]{7}[A-Z]\b",
        r"\b[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}\b",
    ),
    _named,
    priority=4,
    heads=_PASSPORTS,
)


_NHS_WEIGHTS = range(10, 1, -1)


def _nhs(text: bytes, start: int, end: int) -> Judged | None:
    """https://www.datadictionary.nhs.uk/attributes/nhs_number.html"""
    digits = _digits(text[start:end])
    total = sum(map(mul, digits, _NHS_WEIGHTS)) - 48 * sum(_NHS_WEIGHTS)
    check = (11 - total % 11) % 11
    if check != digits[9] - 48 or len(set(digits)) == 1 or not _apart(text, start, end):
        return None
    return Judged(start, end, WEAK)


NHS = Rule(
    "UK_NHS",
    (rf"\b[0-9]{{3}}{_JOINT}[0-9]{{3}}{_JOINT}[0-9]{{4}}\b", r"\b[0-9]{10}\b"),
    _nhs,
    ("nhs", "nhsnumber", "nhsno", "national health", "health service", "patient", "medical"),
    priority=25,
)

# https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110
_NINO_PREFIX = re.compile(rb"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]", re.IGNORECASE)


def _nino(text: bytes, start: int, end: int) -> Judged | None:
    raw = text[start:end]
    if not _NINO_PREFIX.match(raw) or set(_digits(raw)) == {48}:
        return None
    return Judged(start, end, LIKELY if raw.upper() == raw else WEAK)


NINO = Rule(
    "UK_NINO",
    (rf"(?i)\b[A-Z]{{2}}{_PART}?[0-9]{{2}}{_PART}?[0-9]{{2}}{_PART}?[0-9]{{2}}{_PART}?[A-D]\b",),
    _nino,
    ("national insurance", "nino", "ni number", "insurance number"),
    priority=37,
)


def _de_tax(text: bytes, start: int, end: int) -> Judged | None:
    """https://de.wikipedia.org/wiki/Steuerliche_Identifikationsnummer#Aufbau"""
    digits = _digits(text[start:end])
    product = 10
    for digit in digits[:10]:
        total = (digit - 48 + product) % 10 or 10
        product = total * 2 % 11
    if (11 - product) % 10 != digits[10] - 48 or not _apart(text, start, end):
        return None
    return Judged(start, end, WEAK)


_STEUER = (
    *("steuer", "steueridentifikationsnummer", "steuer-id", "steuer-idnr", "idnr", "tax id", "tin"),
    *("steuernummer", "identifikationsnummer", "tax identification", "tax number", "steuer id", "steuerid"),
)
_SET = rf"(?:/|{SPACE})"
DE_TAX = Rule(
    "DE_TAX_ID",
    (rf"\b[1-9][0-9]{_SET}?[0-9]{{3}}{_SET}?[0-9]{{3}}{_SET}?[0-9]{{3}}\b",),
    _de_tax,
    _STEUER,
    priority=34,
)

_YEAR = "(?:18|19|20)[0-9]{2}"
_SLASH = "(?: ?[-/.] ?)"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
# Beginnings of month names in German, French, Spanish, Italian, Portuguese, Dutch and Polish.
_MOIS = (
    r"(?:jan|ene|gen|f[e\xc3]|m[a\xc3]|av|a[bp]r|ma[gi]|mei|ju[nil]|giu|lug|ao|ag|set|sep|o[ckt]t|out|nov"
    r"|d(?:[ei][czs]|\xc3\xa9c)|stycz|lut|kwie|czerw|lip|sierp|wrze|pa\xc5\xba|lis|gru)"
    r"[A-Za-z\x80-\xff]{0,8}"
)
_BORN = re.compile(
    rb"(?i)(?:\bborn\b|(?<![A-Za-z])dob(?![A-Za-z_])|"
    rb"(?-i:[a-z]D(?:ob|OB)(?![A-Za-z_]))|d[.-]o[.-]b|date of birth|birth[ -]?da(?:y|te)|b-day|"
    rb"birth_date|date_of_birth|dateofbirth|\bbday(?![-\w])|"
    rb"\bbirth[\"']?\s{0,2}[:=]|"
    rb"geboren|geburt|geb\.|geboorte|n\xc3\xa9\(?e?\)? (?:[^\n0-9,;]{1,24} )?(?:le|en)|n[e]+ le|naissance|"
    rb"naci(?:miento|d[ao])|\bnac(?:\xc3\xad|i\xc3\xb3) |fecha de nac|nasci(?:ta|mento|d[ao]| em| no| a)|"
    rb"nasceu|cumplea\xc3\xb1os|compleanno|verjaardag|\bnat[ao](?:/a)? (?:a [^\n0-9,;]{1,24} )?il|"
    rb"f\xc3\xb6dd|f\xc3\xb6delse|f\xc3\xb8dt|f\xc3\xb8dsels|"
    rb"urodz|\bur\.|\bnar\.|narozen|sz\xc3\xbclet|nasc\.|fecha nac|do\xc4\x9fum|synty|synt\.|"
    + "|".join(
        ("рожд", "родил", "γέννησ", "出生", "生年月日", "생년월일", "תאריך לידה", "生日", "생일", "誕生日")
    ).encode()
    # No number may be between, which would be the date of birth itself; nor is a form field's name meant.
    + rb")(?![ _-](?:field|column|format|picker|input|validation|check)s?\b)"
    rb"(?:[^\n0-9]|[0-9](?![0-9])){0,30}$"
)


# HL7: field 7 of a patient, https://www.hl7.eu/HL7v2x/v251/std251/ch03.html#Heading10
_PATIENT = re.compile(rb"PID\|(?:[^|\n\r]*\|){6}$")


_BORN_SHORT = re.compile(rb"[(,] ?b\. ?$")
# A form field's name, on the line above.
_FIELD = re.compile(
    rb"(?i)\b(?:dob|date of birth|birth[ -]?date|geburtsdatum|geburtstag|date de naissance|"
    rb"fecha de nacimiento|data di nascita|data de nascimento|geboortedatum|data urodzenia|"
    rb"f\xc3\xb6delsedatum)"
    rb"(?: please)?[ \t:?.*_|]{0,6}\r?\n"
    rb"(?:(?:\[[^\]\n]{1,24}\] ?)?\(?[A-Za-z][A-Za-z ]{0,23}[:.)] ?|[ \t>*|-]{0,4})$"
)
_BORN_AFTER = re.compile(
    rb"(?: \((?:(?i:dob|d\.o\.b\.|date of birth)|geb\.?|born)\)|"
    rb"(?: (?:in|te|in der) [^\n0-9.;:,]{2,24})? (?:geboren|zur Welt)\b)"
)


def _birth(text: bytes, start: int, end: int) -> Judged | None:
    return Judged(start, end, LIKELY if _is_birth(text, start, end) else 0.1)


def _is_birth(text: bytes, start: int, end: int) -> bool:
    if _BORN.search(text, max(0, start - 60), start) or _BORN_AFTER.match(text, end):
        return True
    if text[start - 1 : start] == b"|":
        return _PATIENT.search(text, max(0, start - 160), start) is not None
    short = None if text[start : start + 4].isdigit() else _BORN_SHORT.search(text, max(0, start - 4), start)
    return (short or _FIELD.search(text, max(0, start - 40), start)) is not None


BIRTH = Rule(
    "BIRTH_DATE",
    (
        rf"\b{_YEAR}{_SLASH}(?:0?[1-9]|1[0-2]){_SLASH}(?:0?[1-9]|[12][0-9]|3[01])"
        r"(?:T[0-9:.]{5,16}(?:Z|[+-][0-9:]{4,6})?)?\b",
        rf"\b(?:0?[1-9]|[12][0-9]|3[01]){_SLASH}(?:0?[1-9]|[12][0-9]|3[01]){_SLASH}(?:{_YEAR}|[0-9]{{2}})\b",
        rf"(?i)\b{_MONTH}\.?{SPACE}[0-9]{{1,2}}(?:st|nd|rd|th)?,?{SPACE}(?:{_YEAR}|'[0-9]{{2}})\b",
        rf"(?i)\b[0-9]{{1,2}}(?:st|nd|rd|th)?\.?{SPACE}(?:day )?(?:of )?{_MONTH}\.?,?{SPACE}"
        rf"(?:{_YEAR}|[0-9]{{2}})\b",
        rf"(?i)\b[0-9]{{1,2}}{_MONTH}{_YEAR}\b",
        rf"(?i)\b[0-9]{{1,2}}(?:er)?(?:[.-]{{0,1}}{SPACE}|[.-])(?:de{SPACE})?{_MOIS}(?:[.-]{{0,1}}{SPACE}|[.-])"
        rf"(?:de[l]?{SPACE})?(?:{_YEAR}|[0-9]{{2}})\b",
        # In other alphabets any word may be the month.
        rf"\b[0-9]{{1,2}} [\x80-\xff]{{4,20}} {_YEAR}\b",
        r"\b[0-3][0-9][0-3][0-9](?:19|20)[0-9]{2}\b",
        r"\b(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-2][0-9][0-5][0-9]){0,2}\b",
        r"\b(?:19|20)[0-9]{2}(?:\xe5\xb9\xb4|\xeb\x85\x84 ?)"
        r"[0-9]{1,2}(?:\xe6\x9c\x88|\xec\x9b\x94 ?)[0-9]{1,2}(?:\xe6\x97\xa5|\xec\x9d\xbc)?",
    ),
    _birth,
    priority=15,
    heads=(
        *(
            "dob",
            "d.o.b.",
            "born",
            "birth date",
            "birthday",
            "bday",
            "birth",
            "date of birth",
            "geburtsdatum",
            "geburtstag",
        ),
        *(
            "geboren",
            "geb.",
            "date de naissance",
            "naissance",
            "né le",
            "né(e) le",
            "née le",
            "fecha de nacimiento",
            "nacimiento",
        ),
        *(
            "data di nascita",
            "nascita",
            "nato il",
            "nata il",
            "ur.",
            "data de nascimento",
            "nascimento",
            "geboortedatum",
            "födelsedatum",
        ),
        *("fødselsdato", "data urodzenia", "дата рождения", "出生日期", "出生", "生年月日", "생년월일"),
    ),
)
